import type { PublishRequest } from '@millrace/connector-sdk';
import type { Field, TableName } from '@millrace/spec';

import { nativeType } from '../types.ts';
import { identifier, qualifiedName, text } from '../warehouse/names.ts';
import { parquetTableSql } from '../warehouse/parquet-view.ts';
import type { Publication } from '../warehouse/publication.ts';
import type { Session } from '../warehouse/session.ts';
import { addedFields } from './added-fields.ts';
import { alterTableSql, changeFields, findField } from './changed-fields.ts';

/** No primary key: its index makes loads 4 times slower and the file 5 times larger. */
export async function createTable(
  session: Session,
  table: TableName,
  fields: readonly Field[],
  signal: AbortSignal,
): Promise<void> {
  const columns = fields.map(
    ({ name, type, nullable }) => `${identifier(name)} ${nativeType(type)}${nullable ? '' : ' NOT NULL'}`,
  );
  await session.run(`CREATE TABLE ${qualifiedName(table)} (${columns.join(', ')})`, signal);
}

/** Brings a published table to the columns that the request needs, stored by DuckDB; returns the columns. */
export async function prepareTable(
  session: Session,
  request: PublishRequest,
  publication: Publication,
  signal: AbortSignal,
): Promise<readonly Field[]> {
  if (publication.parquet !== null) await materialise(session, publication, signal);
  const changed = changeFields(publication.fields, request.changes);
  const added = addedFields(request).filter(({ name }) => findField(changed, name) === undefined);
  const fields = [...changed, ...added];
  for (const statement of alterTableSql(publication.table, publication.fields, fields))
    await session.run(statement, signal);
  if (request.mode === 'scd2' && added.length > 0) await startVersions(session, request, publication, signal);
  return fields;
}

/** Turns a view over files into a table with the same rows, in the transaction at hand. */
async function materialise(session: Session, publication: Publication, signal: AbortSignal): Promise<void> {
  const { table, fields, parquet } = publication;
  if (parquet === null) return;
  await session.run(`DROP VIEW ${qualifiedName(table)}`, signal);
  await createTable(session, table, fields, signal);
  await session.run(`INSERT INTO ${qualifiedName(table)} ${parquetTableSql(fields, parquet)}`, signal);
}

/** Rows that were there before versions were kept are valid since they were last published; deleted ones are closed. */
async function startVersions(
  session: Session,
  request: PublishRequest,
  publication: Publication,
  signal: AbortSignal,
): Promise<void> {
  const deletedAt = findField(publication.fields, 'deleted_at') === undefined ? 'NULL' : 'deleted_at';
  const since = `CAST(${text(publication.record.publishedAt)} AS TIMESTAMPTZ)`;
  await session.run(
    `UPDATE ${qualifiedName(request.table)}
      SET valid_from = least(${since}, CAST(${deletedAt} AS TIMESTAMPTZ)), valid_to = ${deletedAt}, is_current = ${deletedAt} IS NULL`,
    signal,
  );
}
