import { join } from 'node:path';

import { runCli } from '../cli.ts';
import { currentProcess } from '../session/current-process.ts';
import { formatCount, formatDuration } from '../terminal/amounts.ts';
import { clearDemoFolder, markPrepared, writeDemoPipelines } from './demo-project.ts';
import { formatDemoSummary } from './demo-summary.ts';
import { changeShop } from './shop-changes.ts';
import { SHOP_ROWS, createShop } from './shop.ts';

/** Makes the demo's project from nothing: a shop, loaded, changed, loaded again, verified. Ends the process when a step fails. */
export async function prepareDemo(
  folder: string,
  signal: AbortSignal,
  say: (text: string) => void,
): Promise<void> {
  const startedAt = performance.now();
  say(
    'The Millrace demo: a shop in SQLite, loaded into a DuckDB warehouse, changed, loaded again, and verified.',
  );
  clearDemoFolder(folder);
  await millrace('init', '.');
  await millrace('connections', 'add', 'shop', 'sqlite', '--set', 'path=shop.db');
  writeDemoPipelines(folder);

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

  await millrace('run', 'daily');
  await millrace(
    'query',
    'SELECT status, count(*) AS orders, sum(total) AS revenue FROM raw.orders GROUP BY ALL ORDER BY orders DESC',
  );

  const runs = JSON.parse(await captured('runs', '--pipeline', 'shop', '--json'));
  const [incremental, full] = await Promise.all([showRun(runs.runs[0].runId), showRun(runs.runs[1].runId)]);
  say(`\n${formatDemoSummary(full, incremental)}`);
  markPrepared(folder);
  say(`\nDone in ${formatDuration(performance.now() - startedAt)}.`);

  async function showRun(runId: string): Promise<Parameters<typeof formatDemoSummary>[0]> {
    return JSON.parse(await captured('runs', runId, '--json'));
  }

  /** Runs the product's own command line, as a person would. */
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
}
