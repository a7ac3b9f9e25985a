import { rmdirSync } from 'node:fs';
import { dirname } from 'node:path';

import { toPlainPipelineError } from '@millrace/connector-sdk';
import type { HostListens } from '@millrace/control-plane';
import { serveHost } from '@millrace/engine';

import { registry } from './registry.ts';

// A Ctrl-C reaches the whole foreground group; this process ends when its parent lets go of it.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);

const [, , address] = process.argv;
if (address === undefined) throw new TypeError('A host is started with the address to listen at.');
const disconnected = new Promise<void>((resolve) => process.once('disconnect', resolve));
try {
  await using _host = await serveHost(registry, address);
  process.send?.({ kind: 'listening' } satisfies HostListens);
  await disconnected;
} catch (error) {
  process.stderr.write(`${toPlainPipelineError(error).message}\n`);
  process.exit(1);
}
try {
  // A parent that was killed leaves the socket's folder, which is empty now.
  if (process.platform !== 'win32') rmdirSync(dirname(address));
} catch {
  // The parent was faster.
}
process.exit(0);
