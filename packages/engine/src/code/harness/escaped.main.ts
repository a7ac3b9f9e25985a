import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { Worker } from 'node:worker_threads';

/** What code could do that has left the isolate: it tries everything in the sandbox's process, and prints what came of it. */
const [canaryFile = '', port = ''] = process.argv.slice(2);
const attempts: Record<string, () => unknown> = {
  'read a file': () => readFileSync(canaryFile, 'utf8'),
  'read the environment of a process': () => readFileSync('/proc/self/environ', 'utf8'),
  'read the environment of the parent': () => readFileSync(`/proc/${process.ppid}/environ`, 'utf8'),
  'list the root': () => readdirSync('/'),
  'write a file': () => writeFileSync(`${canaryFile}.written`, 'x'),
  'write beside the sources': () => writeFileSync(new URL('./written.txt', import.meta.url), 'x'),
  'start a process': () => String(spawnSync('env').error ?? 'started'),
  'start a thread': () => new Worker(new URL(import.meta.url)),
  'make code from text': () => Reflect.construct(Function, ['return 1']),
  'load an internal binding': () =>
    (process as typeof process & { binding: (name: string) => unknown }).binding('fs'),
};
const outcomes: Record<string, string> = { environment: JSON.stringify(process.env) };
for (const [name, attempt] of Object.entries(attempts)) {
  try {
    outcomes[name] = `done: ${String(attempt())}`;
  } catch (error) {
    outcomes[name] = `refused: ${(error as NodeJS.ErrnoException).code ?? String(error)}`;
  }
}
outcomes['connect'] = await new Promise<string>((resolve) => {
  const socket = connect(Number(port), '127.0.0.1');
  socket.once('connect', () => resolve('done: connected'));
  socket.once('error', (error: NodeJS.ErrnoException) => resolve(`refused: ${error.code}`));
});
console.log(JSON.stringify(outcomes));
process.exit();
