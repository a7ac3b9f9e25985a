import { toPlainPipelineError } from '@millrace/connector-sdk';
import type { HostListens } from '@millrace/control-plane';
import { serveHost } from '@millrace/engine';

import { registry } from './registry.ts';

// A Ctrl-C reaches the whole foreground group; this process ends when its parent lets go of it.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);

const disconnected = new Promise<void>((resolve) => process.once('disconnect', resolve));
try {
  await using _host = await serveHost(registry, process.argv[2] ?? '');
  process.send?.({ kind: 'listening' } satisfies HostListens);
  await disconnected;
} catch (error) {
  process.stderr.write(`${toPlainPipelineError(error).message}\n`);
  process.exit(1);
}
process.exit(0);
