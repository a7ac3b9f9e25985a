// A server on the project in the folder that is named, as `millrace serve` starts it, with a page in place of the portal.
// Says where it is on standard output; ends by SIGTERM, or at once when a test kills it.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { Runner } from '@millrace/control-plane';
import { startServer } from '@millrace/server';

import { registry } from '../registry.ts';
import { startRunner, startWarehouseHost } from './start-processes.ts';

const projectFolder = process.argv[2] ?? process.cwd();
const portalFolder = join(projectFolder, '.millrace', 'portal');
mkdirSync(portalFolder, { recursive: true });
writeFileSync(join(portalFolder, 'index.html'), '<!doctype html><title>Portal</title>');

const server = await startServer({
  projectFolder,
  environment: process.env,
  registry,
  startRunner: () => new Runner(startRunner(projectFolder)),
  startWarehouseHost: (address) => startWarehouseHost(projectFolder, address),
  port: 0,
  isAuthOff: true,
  portalFolder,
});
process.stdout.write(JSON.stringify({ url: server.url, token: server.token }));
process.once('SIGTERM', () => {
  void server[Symbol.asyncDispose]().then(() => process.exit(0));
});
