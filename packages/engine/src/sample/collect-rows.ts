import { type Batch, type ParquetFile, type ReadRequest } from '@millrace/connector-sdk';
import { duckdbDialect, duckdbType, quoteIdentifier } from '@millrace/sql';

import type { OpenSource } from '../run/open-source.ts';
import { StagingDatabase } from '../stage/staging-database.ts';

/**
 * Reads at most `maxRows` rows into a new table of the staging database, whose columns are called c0, c1, …; the name of the table. The caller
 * drops it.
 */
export async function collectRows(
  database: StagingDatabase,
  source: OpenSource,
  request: ReadRequest & { readonly maxRows: number },
  signal: AbortSignal,
): Promise<string> {
  const { fields, maxRows } = request;
  const batches: Batch[] = [];
  const files: ParquetFile[] = [];
  for await (const item of source.read(request, signal)) {
    if (item.kind === 'parquet') files.push(item);
    else if (item.rows > 0) batches.push(item);
  }
  const name = database.uniqueName('sample');
  const columns = fields.map((field, index) => `c${index} ${duckdbType(field.type)}`);
  await database.execute(`CREATE TABLE ${name} (${columns.join(', ')})`);
  const scan = database.scans.add(
    fields.map((field) => field.type),
    batches,
  );
  try {
    if (batches.length > 0) await database.execute(`INSERT INTO ${name} FROM ${scan.sql} LIMIT ${maxRows}`);
  } finally {
    scan.remove();
  }
  for (const file of files) {
    const values = fields.map(
      (field) => `TRY_CAST(${quoteIdentifier(duckdbDialect, field.name)} AS ${duckdbType(field.type)})`,
    );
    await database.execute(
      `INSERT INTO ${name} SELECT ${values.join(', ')} FROM ${StagingDatabase.parquetOf([file.path])} LIMIT ${maxRows}`,
    );
  }
  return name;
}
