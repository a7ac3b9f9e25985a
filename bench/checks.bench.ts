import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { DuckDBInstance } from '@duckdb/node-api';

import { type Benchmark, fasterGoal, memoryGoal, ratioGoal } from './benchmark.ts';
import { rival } from './bench-project.ts';
import { HAND_WRITTEN, ordersSql } from './checked-orders.ts';

const ROWS_AT_SCALE_1 = 10_000_000;
/** Sums of floating-point numbers differ with the order in which threads take the rows. */
const MAX_RELATIVE_DIFFERENCE = 1e-9;

export const benchmark: Benchmark = {
  name: 'checks',
  async prepare({ scale, folder }) {
    const rows = Math.round(ROWS_AT_SCALE_1 * scale);
    const input = join(folder, `orders-${rows}.parquet`);
    // As the command line does, for all contenders.
    const env = { NODE_COMPILE_CACHE: join(folder, 'compiled') };
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    await connection.run(`COPY (${ordersSql(rows)}) TO '${input}' (FORMAT parquet, COMPRESSION zstd)`);
    await connection.run(`CREATE VIEW orders AS FROM read_parquet('${input}')`);
    const expected: number[] = [];
    for (const { sql, isQuery } of HAND_WRITTEN) {
      const reader = await connection.runAndReadAll(isQuery ? sql : `SELECT ${sql} FROM orders`);
      expected.push(Number(reader.getRows()[0]?.[0]));
    }
    connection.closeSync();
    instance.closeSync();

    const contender = (name: string, args: readonly string[]) => {
      const output = join(folder, `${name.replaceAll(' ', '-')}.json`);
      return {
        name,
        command: {
          program: process.execPath,
          args: args.map((word) => (word === 'OUTPUT' ? output : word)),
          env,
        },
        reset: async () => rmSync(output, { force: true }),
        check: async () => compare(name, JSON.parse(readFileSync(output, 'utf8')) as number[], expected),
      };
    };
    return {
      data: `${HAND_WRITTEN.length} checks on ${rows.toLocaleString('en')} rows × 10 columns of Parquet`,
      serverProcesses: [],
      contenders: [
        contender('millrace', [
          join(import.meta.dirname, 'check-orders.ts'),
          input,
          'OUTPUT',
          join(folder, 'scratch'),
        ]),
        contender('fused by hand', [rival('hand-written-checks'), 'fused', input, 'OUTPUT']),
        contender('single queries', [rival('hand-written-checks'), 'single', input, 'OUTPUT']),
      ],
      goals: [
        ratioGoal('millrace', 'fused by hand', 1.15, '≤ 1.15 × the same checks fused into SQL by hand'),
        fasterGoal('millrace', 'single queries', 1.6, '≥ 1.6 × faster than a query for each check'),
        memoryGoal('millrace', 1200),
      ],
      async [Symbol.asyncDispose]() {},
    };
  },
};

function compare(name: string, actual: readonly number[], expected: readonly number[]): void {
  const differing = expected.flatMap((value, index) => {
    const other = actual[index] ?? Number.NaN;
    return Math.abs(other - value) <= MAX_RELATIVE_DIFFERENCE * Math.abs(value)
      ? []
      : [`check ${index + 1} gives ${other}, not ${value}`];
  });
  if (differing.length > 0) throw new Error(`${name}: ${differing.join('; ')}.`);
}
