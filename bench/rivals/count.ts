import { DuckDBInstance } from '@duckdb/node-api';

/** A new connection counts the published table. Arguments: file, table, expected rows. */
const [file = '', table = '', expected = ''] = process.argv.slice(2);
const instance = await DuckDBInstance.create(file, { access_mode: 'READ_ONLY' });
const connection = await instance.connect();
const rows = String((await connection.runAndReadAll(`SELECT count(*) FROM ${table}`)).getRows()[0]?.[0]);
if (rows !== expected) {
  console.error(`${table} has ${rows} rows, expected ${expected}.`);
  process.exitCode = 1;
}
connection.closeSync();
instance.closeSync();
