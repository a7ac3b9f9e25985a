import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { DuckDBInstance } from '@duckdb/node-api';

import { type Benchmark, fasterGoal, memoryGoal } from './benchmark.ts';
import { rival } from './bench-project.ts';
import { CODE_EXPECTED, codeInputSql } from './code-rows.ts';

const ROWS_AT_SCALE_1 = 1_000_000;

export const benchmark: Benchmark = {
  name: 'code',
  async prepare({ scale, folder }) {
    const rows = Math.round(ROWS_AT_SCALE_1 * scale);
    const input = join(folder, 'input.parquet');
    const sandboxed = join(folder, 'sandboxed');
    const plain = join(folder, 'plain.parquet');
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    await connection.run(`COPY (${codeInputSql(rows)}) TO '${input}' (FORMAT parquet)`);
    const expected = await digest(`(${CODE_EXPECTED} FROM '${input}')`);

    async function digest(source: string): Promise<string> {
      const sums = 'count(*), sum(hash(id, name, status, price, quantity, slug, total))';
      const [row] = (await connection.runAndReadAll(`SELECT ${sums} FROM ${source}`)).getRows();
      return String(row);
    }
    async function check(path: string): Promise<void> {
      const actual = await digest(`read_parquet('${path}')`);
      if (actual !== expected) throw new Error(`${path} holds ${actual} where DuckDB computes ${expected}.`);
    }
    return {
      data: `${rows.toLocaleString('en')} rows × 5 columns through a TypeScript function that adds two, Parquet to Parquet`,
      serverProcesses: [],
      contenders: [
        {
          name: 'sandboxed',
          command: {
            program: process.execPath,
            args: [join(import.meta.dirname, 'sandboxed-code.ts'), input, sandboxed],
          },
          reset: async () => rmSync(sandboxed, { recursive: true, force: true }),
          check: () => check(join(sandboxed, '*.parquet')),
        },
        {
          name: 'plain Node',
          command: { program: process.execPath, args: [rival('plain-code'), input, plain] },
          reset: async () => rmSync(plain, { force: true }),
          check: () => check(plain),
        },
      ],
      goals: [
        {
          text: '≥ 200,000 rows/s, from the start of the process to the last durable file',
          judge(medians) {
            const perSecond = rows / (medians['sandboxed']?.seconds ?? Number.NaN);
            return {
              figure: `${Math.round(perSecond).toLocaleString('en')} rows/s`,
              isReached: perSecond >= 200_000,
            };
          },
        },
        fasterGoal('sandboxed', 'plain Node', 1, "not slower than the driver's rows without a sandbox"),
        memoryGoal('sandboxed', 900),
      ],
      async [Symbol.asyncDispose]() {
        connection.closeSync();
        instance.closeSync();
      },
    };
  },
};
