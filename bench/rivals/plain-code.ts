import { DuckDBInstance } from '@duckdb/node-api';

import { CODE_FUNCTION, CODE_OUTPUT_DDL } from '../code-rows.ts';

/** The same function without a sandbox: the driver's row objects in, its appender out, then Parquet. Arguments: input, output. */
const [input = '', output = ''] = process.argv.slice(2);
const instance = await DuckDBInstance.create(':memory:');
const connection = await instance.connect();
await connection.run(`CREATE TABLE computed (${CODE_OUTPUT_DDL})`);
const writer = await instance.connect();
const appender = await writer.createAppender('computed');
const result = await connection.stream(`SELECT * FROM '${input}'`);
for await (const rows of result.yieldRowObjects()) {
  for (const row of rows) {
    const computed = CODE_FUNCTION(row as object as Parameters<typeof CODE_FUNCTION>[0]);
    appender.appendInteger(computed.id);
    appender.appendVarchar(computed.name);
    appender.appendVarchar(computed.status);
    appender.appendDouble(computed.price);
    appender.appendInteger(computed.quantity);
    appender.appendVarchar(computed.slug);
    appender.appendDouble(computed.total);
    appender.endRow();
  }
}
appender.closeSync();
await connection.run(`COPY computed TO '${output}' (FORMAT parquet, COMPRESSION snappy)`);
writer.closeSync();
connection.closeSync();
