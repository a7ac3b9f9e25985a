import { DuckDBInstance } from '@duckdb/node-api';

import { SALES_QUERIES } from '../sales-queries.ts';

/** The questions as SQL, each into a table, over the landed files. Arguments: the database, the views over the files as JSON. */
const [output = '', views = '{}'] = process.argv.slice(2);
const instance = await DuckDBInstance.create(output, { threads: '2' });
const connection = await instance.connect();
for (const [name, files] of Object.entries<readonly string[]>(JSON.parse(views)))
  await connection.run(
    `CREATE TEMP VIEW ${name} AS FROM read_parquet([${files.map((file) => `'${file}'`).join(', ')}])`,
  );
for (const [name, sql] of Object.entries(SALES_QUERIES))
  await connection.run(`CREATE TABLE ${name} AS ${sql}`);
connection.closeSync();
instance.closeSync();
