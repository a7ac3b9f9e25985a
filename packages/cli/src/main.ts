import { readFileSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { text } from 'node:stream/consumers';

enableCompileCache();

const { runCli } = await import('./cli.ts');
const { startRunner } = await import('./start-runner.ts');

const controller = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // The second one means it: the runner dies with this process.
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  });
}
// A reader that closes the pipe early (`| head`) has what it wants.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const isTerminal = process.stdout.isTTY === true && process.stderr.isTTY === true;

process.exitCode = await runCli(
  {
    arguments: process.argv.slice(2),
    folder: process.cwd(),
    environment: process.env,
    isTerminal,
    isInputTerminal: process.stdin.isTTY === true,
    hasColours: isTerminal && process.stdout.hasColors() && !process.env['NO_COLOR'],
    get columns() {
      return process.stdout.columns ?? 100;
    },
    get rows() {
      return process.stdout.rows ?? 24;
    },
    signal: controller.signal,
    writeOut: (chunk) => process.stdout.write(chunk),
    writeErr: (chunk) => process.stderr.write(chunk),
    readInput: () => text(process.stdin),
    startRunner,
  },
  version,
);
