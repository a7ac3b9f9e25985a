import { fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { startRunner } from './start-runner.ts';
import { CommandLine } from './testing/command-line.ts';

/** Fills the heap of the process as soon as it is asked to run a plan; until then it is an ordinary runner. */
const FILLS_ITS_HEAP = `process.on('message', ({ method }) => {
  if (method !== 'run') return;
  for (const kept = []; ; ) kept.push(Array.from({ length: 10_000 }, (_, index) => ({ index })));
})`;

let line: CommandLine;
let started = 0;
beforeEach(async () => {
  started = 0;
  line = new CommandLine();
  await line.run(['init', '.']);
  await line.run(['connections', 'add', 'shop', 'sqlite', '--set', 'path=shop.db']);
  using shop = new DatabaseSync(join(line.folder, 'shop.db'));
  shop.exec('CREATE TABLE orders (id INTEGER PRIMARY KEY); INSERT INTO orders VALUES (1), (2), (3)');
  writeFileSync(
    join(line.folder, 'pipelines', 'shop.yaml'),
    'version: 1\nname: shop\nsteps:\n  all: { replicate: { from: shop, into: { connection: warehouse, schema: raw } } }\n',
  );
});
afterEach(() => line[Symbol.dispose]());

/** The first `poor` runners have a small heap, which they fill. */
function runWith(poor: number) {
  return line.run(['run', 'shop', '--json'], {
    startRunner: (folder) => {
      if (++started > poor) return startRunner(folder);
      return fork(join(import.meta.dirname, 'runner.main.ts'), [], {
        cwd: folder,
        serialization: 'advanced',
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
        execArgv: [
          '--max-old-space-size=128',
          '--disable-warning=ExperimentalWarning',
          '--import',
          `data:text/javascript,${encodeURIComponent(FILLS_ITS_HEAP)}`,
        ],
      });
    },
  });
}

describe('a runner that runs out of memory (F11)', { timeout: 300_000 }, () => {
  it('dies alone: another attempt of the run goes on with one table at a time', async () => {
    const { exitCode, out } = await runWith(1);
    const run = JSON.parse(out);
    expect(run).toMatchObject({ state: 'succeeded', attempts: 2 });
    expect(run.warnings).toEqual([expect.stringMatching(/ran out of memory.* Attempt 2 goes on\.$/)]);
    expect(exitCode).toBe(0);
    const shown = JSON.parse((await line.run(['runs', run.runId, '--json'])).out);
    expect(shown.attemptList).toMatchObject([
      { attempt: 1, outcome: 'outOfMemory' },
      { attempt: 2, outcome: 'succeeded' },
    ]);
    const { out: rows } = await line.run(['query', 'SELECT count(*) FROM raw.orders', '--json']);
    expect(JSON.parse(rows).rows).toEqual([['3']]);
  });

  it('ends the run after three of them, with the reason and what to change', async () => {
    const { exitCode, out } = await runWith(3);
    const run = JSON.parse(out);
    expect(run).toMatchObject({ state: 'failed', attempts: 3 });
    expect(run.reason).toMatch(/ran out of memory.*limits\.parallelTables/);
    expect(exitCode).toBe(1);
    expect(JSON.parse((await runWith(0)).out)).toMatchObject({ state: 'succeeded' });
  });
});
