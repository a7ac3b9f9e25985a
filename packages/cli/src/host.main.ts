import { rmSync } from 'node:fs';
import { dirname } from 'node:path';

import { toPlainPipelineError } from '@millrace/connector-sdk';
import type { FromHostProcess, ToHostProcess } from '@millrace/control-plane';
import { serveHost } from '@millrace/engine';

import { registry } from './registry.ts';

// A Ctrl-C reaches the whole foreground group; this process ends when its parent lets go of it.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);

const [, , address, idleMs] = process.argv;
if (address === undefined || idleMs === undefined)
  throw new TypeError(
    'A host is started with the address to listen at, and how long it stays without callers.',
  );
const disconnected = new Promise<void>((resolve) => process.once('disconnect', resolve));
const released = new Promise<void>((resolve) =>
  process.on('message', ({ kind }: ToHostProcess) => {
    if (kind === 'release') resolve();
  }),
);
let isOrphan = false;
const say = (message: FromHostProcess): void => void process.send?.(message);
try {
  await using host = await serveHost(registry, address, {
    afterMs: Number(idleMs),
    onIdle: () => say({ kind: 'idle' }),
  });
  say({ kind: 'listening' });
  // Released, it answers those who are still connected, and new ones go to whoever listens in its place.
  isOrphan = await Promise.race([disconnected.then(() => true), released.then(host.left).then(() => false)]);
} catch (error) {
  process.stderr.write(`${toPlainPipelineError(error).message}\n`);
  process.exit(1);
}
// A parent that was killed leaves the folder of the socket, which nobody else uses.
if (isOrphan && process.platform !== 'win32') rmSync(dirname(address), { recursive: true, force: true });
process.exit(0);
