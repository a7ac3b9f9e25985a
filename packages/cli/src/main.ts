import { readFileSync } from 'node:fs';

import { useCompileCache } from './compile-cache.ts';

useCompileCache();

const { runCli } = await import('./cli.ts');
const { currentProcess, interruptionSignal } = await import('./session/current-process.ts');

// A reader that closes the pipe early (`| head`) has what it wants.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const current = currentProcess({
  arguments: process.argv.slice(2),
  folder: process.cwd(),
  signal: interruptionSignal(),
});
process.exitCode = await runCli(current, version);
