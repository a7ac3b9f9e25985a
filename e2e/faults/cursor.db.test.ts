import { newSeed, runCommand, findProgram, testServer } from '@millrace/connector-sdk/testing';
import { foldRun } from '@millrace/engine';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { runHere } from './attempt.ts';
import { queryWarehouse } from './reconcile.ts';
import { discover, openShop, planTask, type Shop } from './shop.ts';

const server = await testServer('postgres');

describe.skipIf(server === undefined)('cursors of a real server', () => {
  const source = { connector: 'postgres', config: { ...server?.connection, tls: 'disable' } };
  const schema = `cursors_${newSeed()}`;
  let shop: Shop;
  beforeEach(async () => {
    shop = openShop(1, 10);
    await query(`DROP SCHEMA IF EXISTS ${schema} CASCADE; CREATE SCHEMA ${schema}`);
  });
  afterEach(async () => {
    shop.close();
    await query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
  });

  const TYPES = [
    ['timestamptz', "'2024-03-31 01:30:00+00'::timestamptz + n * interval '1 microsecond'", '5000000'],
    ['timestamp', "'2024-03-31 01:30:00'::timestamp - (n % 100) * interval '1 hour'", '3600000000'],
    ['date', "'2024-02-28'::date + (n % 3)::int", '0'],
    ['bigint', '9007199254740990 + n', '2'],
    ['numeric(20,4)', 'n / 8.0', '0'],
    ['text', "lpad(n::text, 8, '0')", '0'],
  ] as const;

  it.for(TYPES)(
    'of type %s find nothing when nothing is new, and every change',
    async ([type, value, lookback]) => {
      await query(`CREATE TABLE ${schema}.lines (id bigint PRIMARY KEY, note text, at ${type} NOT NULL);
      CREATE INDEX ON ${schema}.lines (at); INSERT INTO ${schema}.lines SELECT n, 'note ' || n, ${value} FROM generate_series(1, 500) AS n; ANALYZE ${schema}.lines`);
      const [table] = await discover(source, `${schema}.lines`);
      if (table === undefined) throw new Error('The table was not found.');
      const planned = planTask(table, {
        load: { kind: 'incremental', cursor: 'at', lookback, detectDeletes: false },
      });
      const tasks = [{ ...planned, source: { ...planned.source, connector: 'postgres' } }];
      const statuses: string[] = [];
      async function load(runId: string): Promise<void> {
        const state = foldRun(await runHere(shop, { runId, tasks, source }));
        const [task] = state.tasks.values();
        statuses.push(task?.error?.message ?? task?.status ?? 'none');
      }
      await load('r1');
      await load('r2');
      await query(
        `UPDATE ${schema}.lines SET note = 'changed' WHERE at = (SELECT max(at) FROM ${schema}.lines)`,
      );
      await load('r3');
      await load('r4');
      await query(`INSERT INTO ${schema}.lines SELECT 900000, NULL, max(at) FROM ${schema}.lines`);
      await load('r5');
      await load('r6');
      expect(statuses).toEqual([
        'published',
        'unchanged',
        'published',
        'unchanged',
        'published',
        'unchanged',
      ]);
      const line = "concat_ws('|', id, coalesce(note, '~'))";
      const there = await query(`SELECT ${line} FROM ${schema}.lines ORDER BY id`);
      const loaded = await queryWarehouse(shop, `SELECT ${line} AS line FROM raw.lines ORDER BY id`);
      expect(loaded.map((row) => row['line'])).toEqual(there);
    },
  );

  async function query(sql: string): Promise<readonly string[]> {
    const { host, port, user, database, password } = { ...server?.connection };
    const args = ['-h', host, '-p', port, '-U', user, '-d', database].map(String);
    const output = await runCommand(
      findProgram('psql') ?? 'psql',
      [...args, '-v', 'ON_ERROR_STOP=1', '-qAtc', sql],
      { env: { PGPASSWORD: String(password) } },
      AbortSignal.timeout(30_000),
    );
    return output.split('\n').filter((one) => one !== '');
  }
});
