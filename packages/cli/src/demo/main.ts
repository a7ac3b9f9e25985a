import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';

import { useCompileCache } from '../compile-cache.ts';

useCompileCache();

const { readServerFile } = await import('@millrace/control-plane');
const { runCli } = await import('../cli.ts');
const { currentProcess, interruptionSignal } = await import('../session/current-process.ts');
const { isPrepared } = await import('./demo-project.ts');
const { prepareDemo } = await import('./prepare-demo.ts');

/** `npm start` prepares the demo's project once and serves it; with `--exit` it prepares it anew and ends. */
const { values } = parseArgs({
  options: {
    exit: { type: 'boolean', default: false },
    port: { type: 'string' },
    'no-auth': { type: 'boolean' },
  },
});
const folder = join(import.meta.dirname, '..', '..', '..', '..', 'demo');
const where = relative(process.cwd(), folder) || '.';
const signal = interruptionSignal();
const running = readServerFile(folder);

if (running) {
  say(
    values.exit
      ? `The demo's project is in use by the server at ${running.url}. Stop that one first (process ${running.pid}).`
      : `The demo runs already: ${running.url}`,
  );
  process.exit(values.exit ? 2 : 0);
}
if (values.exit || !isPrepared(folder)) await prepareDemo(folder, signal, say);
else say(`The demo's project is in ${where}; npm run demo makes it anew.`);
if (values.exit)
  say(`
Nothing is left running. npm start serves this project with its portal. On the command line, in ${where}:
  cd ${where} && alias millrace=${JSON.stringify(join(folder, '..', 'bin', 'millrace.mjs'))}
  millrace discover shop --columns       what the source has
  millrace plan shop                     what a run would do
  millrace query 'FROM raw.customers LIMIT 5'
  millrace rollback raw.orders           the orders as before the last run
  millrace runs                          what ran
Your own database: millrace init DIR, then millrace connections add NAME, which asks for the rest.`);
else {
  say('');
  const args = [
    'serve',
    ...(values.port === undefined ? [] : ['--port', values.port]),
    ...(values['no-auth'] === true ? ['--no-auth'] : []),
  ];
  process.exitCode = await runCli(currentProcess({ arguments: args, folder, signal }), 'demo');
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
