import { writeFileSync } from 'node:fs';

import { DuckDBInstance } from '@duckdb/node-api';

/** DuckDB's own profile. Arguments: Parquet file, file for the rows. */
const [input = '', output = ''] = process.argv.slice(2);
const instance = await DuckDBInstance.create(':memory:', { threads: '2', memory_limit: '1GiB' });
const connection = await instance.connect();
const reader = await connection.runAndReadAll(`SUMMARIZE FROM read_parquet('${input}')`);
writeFileSync(output, JSON.stringify(reader.getRowObjectsJson()));
connection.closeSync();
instance.closeSync();
