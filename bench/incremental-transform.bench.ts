import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { DuckDBInstance } from '@duckdb/node-api';

import { fasterGoal, type Benchmark } from './benchmark.ts';
import { millrace, quote, shell, writeProject, type BenchProject } from './bench-project.ts';

const ROWS_AT_SCALE_1 = 10_000_000;
const TIMES_FASTER = 8;

/**
 * Filter, derive, join, aggregate and merge: by what changed, over everything that is landed, and over everything read
 * again, which is what a run is without any of it.
 */
export const benchmark: Benchmark = {
  name: 'incremental-transform',
  async prepare({ scale, folder }) {
    const rows = Math.round(ROWS_AT_SCALE_1 * scale);
    mkdirSync(folder, { recursive: true });
    const source = join(folder, 'source.duckdb');
    rmSync(source, { force: true });
    await inDatabase(source, [
      `CREATE TABLE customers AS SELECT range::INTEGER AS id, 'name ' || range AS name, ['DE', 'US', 'FR'][1 + range % 3] AS country FROM range(${rows / 10})`,
      `CREATE TABLE orders AS SELECT range AS id, (hash(range) % ${rows / 10})::INTEGER AS customer_id, (range % 4)::INTEGER AS status, (hash(range * 3) % 100000)::BIGINT AS amount, 1600000000 + range AS created_at, range AS updated_at, 'note ' || range AS note, range * 7 AS a, range * 3 AS b, 'x' || (range % 100) AS c FROM range(${rows})`,
      'ALTER TABLE orders ALTER id SET NOT NULL',
      'ALTER TABLE orders ALTER updated_at SET NOT NULL',
    ]);
    const project = (name: string) =>
      writeProject(join(folder, name), { source: { type: 'duckdb', path: source } }, PIPELINE);
    const [changed, everything] = [project('changed'), project('everything')];
    const run = ({ folder: at }: BenchProject) => millrace(`run load --project ${quote(at)}`);
    for (const each of [changed, everything]) execFileSync('bash', ['-c', run(each)], { stdio: 'ignore' });
    let round = 0;
    return {
      data: `1 % scattered changes of ${rows.toLocaleString('en')} rows × 10 columns; filter → derive → join with ${(rows / 10).toLocaleString('en')} → aggregate → merge`,
      serverProcesses: [],
      contenders: [
        {
          name: 'what changed',
          command: shell(run(changed)),
          reset: async () => {
            round += 1;
            await inDatabase(source, [
              `UPDATE orders SET amount = amount + 1, updated_at = id + ${rows * 2 * round} WHERE hash(id) % 100 = ${round}`,
            ]);
            // The rival computes from landed rows, as this one does; landing them is not compared.
            execFileSync('bash', ['-c', run(everything)], { stdio: 'ignore' });
          },
          check: async () =>
            void execFileSync('bash', ['-c', millrace(`verify load --project ${quote(changed.folder)}`)]),
        },
        {
          name: 'everything',
          command: shell(run(everything)),
          reset: async () => {
            const stage = join(everything.folder, '.millrace/stage/load');
            for (const name of readdirSync(stage))
              if (name.startsWith('publish')) rmSync(join(stage, name), { recursive: true });
            for (const name of readdirSync(everything.folder))
              if (name.startsWith('warehouse.duckdb'))
                rmSync(join(everything.folder, name), { recursive: true });
          },
        },
        { name: 'a full run', command: shell(`${run(everything)} --full-refresh`) },
      ],
      goals: [
        fasterGoal('what changed', 'a full run', TIMES_FASTER, `≥ ${TIMES_FASTER} × faster than a full run`),
      ],
      [Symbol.asyncDispose]: async () => {},
    };
  },
};

const PIPELINE = {
  steps: {
    orders: {
      source: {
        connection: 'source',
        table: 'main.orders',
        load: { mode: 'incremental', cursor: 'updated_at', key: ['id'] },
      },
    },
    customers: { source: { connection: 'source', table: 'main.customers' } },
    paid: { filter: { from: 'orders', where: 'status <> 3' } },
    priced: {
      derive: { from: 'paid', columns: { net: 'amount * 100 // 119', day: 'created_at // 86400' } },
    },
    named: {
      join: { left: 'priced', right: 'customers', on: { customer_id: 'id' }, prefixRight: 'customer_' },
    },
    byCustomer: {
      aggregate: {
        from: 'named',
        by: ['customer_id', 'customer_country'],
        measures: { orders: 'count(*)', net: 'sum(net)', last: 'max(day)' },
      },
    },
    publish: {
      destination: {
        from: 'byCustomer',
        connection: 'warehouse',
        table: 'mart.by_customer',
        write: 'merge',
        deletes: 'hard',
      },
    },
  },
};

async function inDatabase(path: string, statements: readonly string[]): Promise<void> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  try {
    for (const statement of statements) await connection.run(statement);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
