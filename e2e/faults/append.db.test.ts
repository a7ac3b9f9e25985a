import { execFile } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import type { LoadTask } from '@millrace/compiler';
import { registry } from '@millrace/connectors';
import { foldRun, rollbackTable, type ResolvedConnection, type TaskState } from '@millrace/engine';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { requestFor, runHere } from './attempt.ts';
import { queryWarehouse } from './reconcile.ts';
import { discover, openShop, planTask, type Shop } from './shop.ts';

/** More rows than a position lists share one cursor value, as after a bulk insert. */
const TIES = 12_000;
const APPEND = {
  write: { mode: 'append', key: [], deletes: 'ignore' },
  load: { kind: 'incremental', cursor: 'changed', lookback: '0', detectDeletes: false },
} as const;

let shop: Shop;
beforeEach(() => {
  shop = openShop(1, 1);
});
afterEach(() => shop.close());

/** A system that a table of events is appended from. */
interface EventSource {
  readonly connection: ResolvedConnection;
  execute(sql: string): Promise<void>;
}

const fromBatches = (): EventSource => ({
  connection: { connector: 'sqlite', config: { path: shop.sourcePath } },
  execute: async (sql) => shop.database.exec(sql),
});

const fromParquet = (): EventSource => {
  const path = join(shop.folder, 'events.duckdb');
  return {
    connection: { connector: 'duckdb', config: { path } },
    // A process of its own, because a DuckDB file has one owner in a process.
    async execute(sql) {
      const program = `
          import { DuckDBInstance } from '@duckdb/node-api';
          const instance = await DuckDBInstance.create(process.argv[1]);
          await (await instance.connect()).run(process.argv[2]);
          instance.closeSync();`;
      const args = ['--input-type=module', '--eval', program, path, sql];
      await promisify(execFile)(process.execPath, args, { cwd: import.meta.dirname });
    },
  };
};

function insert(from: number, count: number, changed: number): string {
  return `INSERT INTO events WITH RECURSIVE numbers (n) AS (SELECT ${from} UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < ${from + count}) SELECT n, ${changed} FROM numbers`;
}

async function plan({ connection }: EventSource): Promise<readonly LoadTask[]> {
  return (await discover(connection, '*'))
    .concat(await discover(connection, '*.*'))
    .filter(({ table }) => table.name === 'events')
    .map((table) => planTask(table, APPEND));
}

async function load(source: EventSource, runId: string): Promise<TaskState | undefined> {
  const events = await runHere(shop, { runId, tasks: await plan(source), source: source.connection });
  return foldRun(events).tasks.get('warehouse:events');
}

async function appended(): Promise<unknown> {
  const [counts] = await queryWarehouse(
    shop,
    'SELECT count(*) AS rows, count(DISTINCT number) AS numbers FROM raw.events',
  );
  return counts;
}

describe.each([
  ['batches (SQLite)', fromBatches],
  ['Parquet files (DuckDB)', fromParquet],
] as const)('appending rows of one moment, from %s', (_, open) => {
  it('takes each row once, and a repeated one as often as it is there', async () => {
    const source = open();
    await source.execute('CREATE TABLE events (number BIGINT NOT NULL, changed BIGINT NOT NULL)');
    await source.execute(insert(0, TIES, 7));
    expect(await load(source, 'r1')).toMatchObject({ status: 'published', rows: TIES });
    expect(await load(source, 'r2')).toMatchObject({ status: 'unchanged' });
    await source.execute(insert(TIES, 3000, 7));
    await source.execute('INSERT INTO events VALUES (1, 7), (1, 7), (90000, 8)');
    expect(await load(source, 'r3')).toMatchObject({ status: 'published', rowsInserted: 3003 });
    expect(await appended()).toEqual({ rows: String(TIES + 3003), numbers: String(TIES + 3001) });
    await source.execute('INSERT INTO events VALUES (90001, 8)');
    expect(await load(source, 'r4')).toMatchObject({ rowsInserted: 1 });
    expect(await load(source, 'r5')).toMatchObject({ status: 'unchanged' });
  });
});

describe('the list of appended rows', () => {
  const stage = () => join(shop.folder, 'stage', 'shop', 'warehouse%3Aevents');

  it('survives compaction and rollback', { timeout: 180_000 }, async () => {
    const source = fromBatches();
    await source.execute('CREATE TABLE events (number BIGINT NOT NULL, changed BIGINT NOT NULL)');
    await source.execute(insert(0, TIES, 7));
    for (let run = 0; run < 19; run += 1) {
      expect(await load(source, `r${run}`)).toMatchObject({ status: 'published' });
      await source.execute(insert(100_000 + run, 1, 7));
    }
    expect(readdirSync(stage()).some((folder) => folder.endsWith('.base'))).toBe(true);
    await load(source, 'last');
    expect(await appended()).toEqual({ rows: String(TIES + 19), numbers: String(TIES + 19) });
    const request = requestFor(shop, { runId: 'back', attempt: 1, tasks: await plan(source) });
    const context = {
      registry,
      registryModule: new URL(import.meta.resolve('@millrace/connectors')),
      emit: () => {},
    };
    await rollbackTable(
      { ...request, task: 'warehouse:events', toRunId: 'r3' },
      context,
      new AbortController().signal,
    );
    expect(await appended()).toMatchObject({ rows: String(TIES + 3) });
    expect(await load(source, 'again')).toMatchObject({ rowsInserted: 16 });
    expect(await appended()).toEqual({ rows: String(TIES + 19), numbers: String(TIES + 19) });
  });

  it('is asked for when it is gone, instead of guessed at', async () => {
    const source = fromBatches();
    await source.execute('CREATE TABLE events (number BIGINT NOT NULL, changed BIGINT NOT NULL)');
    await source.execute(insert(0, TIES, 7));
    await load(source, 'r1');
    rmSync(stage(), { recursive: true });
    await source.execute('INSERT INTO events VALUES (90000, 7)');
    expect((await load(source, 'r2'))?.error).toMatchObject({
      code: 'positionLost',
      message: expect.stringMatching(
        /12,000 rows .* gone with the load package of run r1\. Run again with --full-refresh/,
      ),
    });
    expect(await appended()).toMatchObject({ rows: String(TIES) });
  });
});
