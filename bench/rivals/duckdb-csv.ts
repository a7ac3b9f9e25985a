import { rmSync } from 'node:fs';

import { DuckDBInstance } from '@duckdb/node-api';

/** The shell pipe's other end: standard input through DuckDB's CSV reader into a table. Arguments: file, table, DDL, CSV options. */
const [file = '', table = '', ddl = '', options = ''] = process.argv.slice(2);
rmSync(file, { force: true });
const instance = await DuckDBInstance.create(file, { threads: '2', preserve_insertion_order: 'false' });
const connection = await instance.connect();
await connection.run(`CREATE TABLE ${table} (${ddl})`);
await connection.run(`COPY ${table} FROM '/dev/stdin' (${options})`);
connection.closeSync();
instance.closeSync();
