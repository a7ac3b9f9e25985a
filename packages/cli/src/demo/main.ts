import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';

import { useCompileCache } from '../compile-cache.ts';

useCompileCache();

const { runCli } = await import('../cli.ts');
const { currentProcess, interruptionSignal } = await import('../session/current-process.ts');
const { clearDemoFolder, writeDemoPipeline } = await import('./demo-project.ts');
const { formatDemoSummary } = await import('./demo-summary.ts');
const { SHOP_ROWS, createShop } = await import('./shop.ts');
const { changeShop } = await import('./shop-changes.ts');
const { formatCount, formatDuration } = await import('../terminal/amounts.ts');

// There is no server yet, so the demo ends by itself with --exit and without it.
parseArgs({ options: { exit: { type: 'boolean' } } });

const folder = join(import.meta.dirname, '..', '..', '..', '..', 'demo');
const signal = interruptionSignal();
const startedAt = performance.now();

say(
  'The Millrace demo: a shop in SQLite, loaded into a DuckDB warehouse, changed, loaded again, and verified.',
);
clearDemoFolder(folder);
await millrace('init', '.');
await millrace('connections', 'add', 'shop', 'sqlite', '--set', 'path=shop.db');
writeDemoPipeline(folder);

const shop = join(folder, 'shop.db');
timed(
  `Making the shop: ${Object.entries(SHOP_ROWS)
    .map(([table, rows]) => `${formatCount(rows)} ${table.replace('_', ' ')}`)
    .join(', ')}`,
  () => createShop(shop),
);
await millrace('run', 'shop');

const changes = timed('A day of business: orders come in, are paid, shipped and withdrawn', () =>
  changeShop(shop),
);
const total = (kind: 'inserted' | 'updated' | 'deleted'): string =>
  formatCount(Object.values(changes).reduce((sum, change) => sum + change[kind], 0));
say(`  ${total('inserted')} rows inserted, ${total('updated')} updated, ${total('deleted')} deleted`);
await millrace('run', 'shop', '--verify');

await millrace(
  'query',
  'SELECT status, count(*) AS orders, sum(total) AS revenue FROM raw.orders GROUP BY ALL ORDER BY orders DESC',
);

const runs = JSON.parse(await captured('runs', '--json'));
const [incremental, full] = await Promise.all([showRun(runs.runs[0].runId), showRun(runs.runs[1].runId)]);
say(`\n${formatDemoSummary(full, incremental)}`);
const where = relative(process.cwd(), folder) || '.';
say(`
Done in ${formatDuration(performance.now() - startedAt)}. Nothing is left running: this version has no server or portal yet; it is a command line.
Try next, in ${where}:
  cd ${where} && alias millrace=${JSON.stringify(join(folder, '..', 'bin', 'millrace.mjs'))}
  millrace discover shop --columns       what the source has
  millrace plan shop                     what a run would do
  millrace query 'FROM raw.customers LIMIT 5'
  millrace rollback raw.orders           the orders as before the last run
  millrace runs                          what ran
Your own database: millrace init DIR, then millrace connections add NAME, which asks for the rest.`);

async function showRun(runId: string): Promise<Parameters<typeof formatDemoSummary>[0]> {
  return JSON.parse(await captured('runs', runId, '--json'));
}

/** Runs the product's own command line, as a person would, and stops the demo if it fails. */
async function millrace(...args: readonly string[]): Promise<void> {
  say(`\n$ millrace ${args.map((arg) => (/^[\w./=-]+$/.test(arg) ? arg : JSON.stringify(arg))).join(' ')}`);
  const exitCode = await runCli(currentProcess({ arguments: args, folder, signal }), 'demo');
  if (exitCode !== 0) process.exit(exitCode);
}

async function captured(...args: readonly string[]): Promise<string> {
  let output = '';
  const current = currentProcess({ arguments: args, folder, signal });
  await runCli({ ...current, writeOut: (text) => (output += text) }, 'demo');
  return output;
}

function timed<T>(what: string, work: () => T): T {
  const start = performance.now();
  process.stdout.write(`\n${what} … `);
  const result = work();
  say(formatDuration(performance.now() - start));
  return result;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
