import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { DuckDBInstance } from '@duckdb/node-api';
import type { DatasetProfile } from '@millrace/compiler';

import { type Benchmark, fasterGoal, memoryGoal } from './benchmark.ts';
import { rival } from './bench-project.ts';
import { ORDERS_FIELDS, ordersSql } from './checked-orders.ts';

const ROWS_AT_SCALE_1 = 10_000_000;
/** How far the rank of a quantile may be from what was asked for. */
const MAX_RANK_ERROR = 0.015;
/** How far an estimated number of different values may be off. */
const MAX_DISTINCT_ERROR = 0.15;
const QUANTILE_COLUMNS = ['id', 'customer_id', 'total', 'ratio', 'quantity', 'ordered_on', 'updated_at'];

export const benchmark: Benchmark = {
  name: 'profile',
  async prepare({ scale, folder }) {
    const rows = Math.round(ROWS_AT_SCALE_1 * scale);
    const input = join(folder, `orders-${rows}.parquet`);
    const profile = join(folder, 'profile.json');
    const summary = join(folder, 'summary.json');
    // As the command line does, for all contenders.
    const env = { NODE_COMPILE_CACHE: join(folder, 'compiled') };
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    await connection.run(`COPY (${ordersSql(rows)}) TO '${input}' (FORMAT parquet, COMPRESSION zstd)`);
    await connection.run(`CREATE VIEW orders AS FROM read_parquet('${input}')`);

    async function row(sql: string): Promise<readonly unknown[]> {
      return (await connection.runAndReadAll(sql)).getRowsJson()[0] ?? [];
    }
    const exact = new Map<string, readonly unknown[]>();
    for (const { name } of ORDERS_FIELDS) {
      const isText = ['status', 'sku', 'email'].includes(name);
      const more = isText ? `, min(length(${name})), max(length(${name}))` : '';
      exact.set(
        name,
        await row(
          `SELECT (count(*) - count(${name}))::VARCHAR, count(DISTINCT ${name})::VARCHAR, min(${name})::VARCHAR, max(${name})::VARCHAR${more} FROM orders`,
        ),
      );
    }

    /** Every fact against the exact one; quantiles by the rank that their value has. */
    async function check(): Promise<void> {
      const { columns } = JSON.parse(readFileSync(profile, 'utf8')) as DatasetProfile;
      for (const column of columns) {
        const [nulls, distinct, min, max, shortest, longest] = exact.get(column.name) ?? [];
        require(column.nulls === nulls && column.min === min && column.max === max, column.name);
        const estimate = Number(column.distinct?.count);
        require(Math.abs(estimate / Number(distinct) - 1) <=
          MAX_DISTINCT_ERROR, `${column.name}: ${estimate} different values`);
        if (column.lengths !== null)
          require(column.lengths.min === Number(shortest) &&
            column.lengths.max === Number(longest), column.name);
        if (!QUANTILE_COLUMNS.includes(column.name)) continue;
        for (const { at, value } of column.quantiles) {
          const [below, upTo] = await row(
            `SELECT count(*) FILTER (WHERE ${column.name} < '${value}')::DOUBLE / count(${column.name}), count(*) FILTER (WHERE ${column.name} <= '${value}')::DOUBLE / count(${column.name}) FROM orders`,
          );
          const isNear = Number(below) <= at + MAX_RANK_ERROR && Number(upTo) >= at - MAX_RANK_ERROR;
          require(isNear, `${column.name}: the quantile ${at} is ${value}`);
        }
      }
    }
    return {
      data: `${rows.toLocaleString('en')} rows × 10 columns of Parquet`,
      serverProcesses: [],
      contenders: [
        {
          name: 'millrace',
          command: {
            program: process.execPath,
            args: [join(import.meta.dirname, 'profile-orders.ts'), input, profile, join(folder, 'scratch')],
            env,
          },
          reset: async () => rmSync(profile, { force: true }),
          check,
        },
        {
          name: 'SUMMARIZE',
          command: { program: process.execPath, args: [rival('summarize'), input, summary], env },
          reset: async () => rmSync(summary, { force: true }),
          check: async () => {
            const found = JSON.parse(readFileSync(summary, 'utf8')) as readonly unknown[];
            require(found.length === ORDERS_FIELDS.length, 'SUMMARIZE');
          },
        },
      ],
      goals: [
        fasterGoal(
          'millrace',
          'SUMMARIZE',
          2.5,
          "≥ 2.5 × faster than DuckDB's SUMMARIZE, with lengths, shapes, frequent values and histograms besides",
        ),
        memoryGoal('millrace', 1200),
      ],
      async [Symbol.asyncDispose]() {
        connection.closeSync();
        instance.closeSync();
      },
    };
  },
};

function require(isTrue: boolean, what: string): void {
  if (!isTrue) throw new Error(`The profile is wrong about ${what}.`);
}
