import { writeFileSync } from 'node:fs';

import { compileChecks } from '../packages/compiler/src/index.ts';
import { runChecks } from '../packages/engine/src/check/run-checks.ts';
import { openSqlAnalyser } from '../packages/engine/src/sql-analysis/open-sql-analyser.ts';
import { openStagingDatabase, StagingDatabase } from '../packages/engine/src/stage/staging-database.ts';
import { HAND_WRITTEN, ORDERS_FIELDS } from './checked-orders.ts';

/** The checks as a run evaluates them, compiling included. Arguments: Parquet file, file for the outcomes, scratch folder. */
const [input = '', output = '', scratchFolder = ''] = process.argv.slice(2);
const signal = new AbortController().signal;
const analyser = await openSqlAnalyser();
const plan = await compileChecks({
  relation: { ref: 'orders', fields: ORDERS_FIELDS, key: [] },
  others: new Map(),
  checks: HAND_WRITTEN.map(({ check }) => check),
  path: [],
  sql: analyser,
  quarantine: { maxRows: 1000, maxShare: 0.01 },
  compilation: {
    report(code, params) {
      throw new Error(`${code}: ${JSON.stringify(params)}`);
    },
  },
});
await analyser[Symbol.asyncDispose]();
const database = await openStagingDatabase({ memoryBytes: 2 ** 30, threads: 2, scratchFolder });
const { results } = await database.withConnection(async (connection) =>
  runChecks(
    connection,
    {
      plan,
      relations: new Map([['orders', StagingDatabase.parquetOf([input])]]),
      fields: ORDERS_FIELDS,
      history: new Map(),
      now: 0n,
    },
    signal,
  ),
);
database.close();
writeFileSync(output, JSON.stringify(results.map(({ measure }) => measure)));
