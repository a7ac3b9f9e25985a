import { writeFileSync } from 'node:fs';

import { DuckDBInstance } from '@duckdb/node-api';

import { HAND_WRITTEN } from '../checked-orders.ts';

/** The checks as SQL by hand. Arguments: `fused` or `single`, Parquet file, file for the outcomes. */
const [mode = '', input = '', output = ''] = process.argv.slice(2);
const instance = await DuckDBInstance.create(':memory:', { threads: '2', memory_limit: '1GiB' });
const connection = await instance.connect();
await connection.run(`CREATE VIEW orders AS FROM read_parquet('${input}')`);

async function valuesOf(sql: string): Promise<number[]> {
  return (await connection.runAndReadAll(sql)).getRows().flatMap((row) => row.map(Number));
}

const outcomes: (number | undefined)[] = [];
if (mode === 'single') {
  for (const { sql, isQuery } of HAND_WRITTEN)
    outcomes.push((await valuesOf(isQuery ? sql : `SELECT ${sql} FROM orders`))[0]);
} else {
  const aggregates = HAND_WRITTEN.filter(({ isQuery }) => isQuery === undefined);
  const fused = await valuesOf(`SELECT ${aggregates.map(({ sql }) => sql).join(', ')} FROM orders`);
  for (const { sql, isQuery } of HAND_WRITTEN)
    outcomes.push(isQuery ? (await valuesOf(sql))[0] : fused.shift());
}
connection.closeSync();
instance.closeSync();
writeFileSync(output, JSON.stringify(outcomes));
