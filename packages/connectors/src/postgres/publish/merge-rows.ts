import { DELETED_AT_FIELD } from '@millrace/spec';

import {
  execute,
  loadDeletedKeys,
  loadedAt,
  type Publication,
  type RowCounts,
  sameKey,
} from './publication.ts';
import { sqlName, sqlNames, sqlTable } from './target-table.ts';

/** Full rows replace the rows of the same key: DELETE and INSERT, which beats an UPDATE of every column. */
export async function mergeRows(publication: Publication, staged: string): Promise<RowCounts> {
  const { request } = publication;
  const table = sqlTable(request.table);
  const rowsDeleted = await applyDeletes(publication, table, staged);
  const rowsUpdated = await execute(
    publication,
    `DELETE FROM ${table} AS t USING ${staged} AS s WHERE ${sameKey(request, 't', 's')}`,
  );
  const rows = await insertRows(publication, staged);
  return { rowsInserted: rows - rowsUpdated, rowsUpdated, rowsDeleted };
}

export async function insertRows(publication: Publication, staged: string): Promise<number> {
  const names = sqlNames(publication.request.fields);
  return execute(
    publication,
    `INSERT INTO ${sqlTable(publication.request.table)} (${names}) SELECT ${names} FROM ${staged}`,
  );
}

/** Rows that are gone at the source, but for those that came back and are staged. */
async function applyDeletes(publication: Publication, table: string, staged: string): Promise<number> {
  const { request } = publication;
  if (request.deletes === 'ignore') return 0;
  const deleted = await loadDeletedKeys(publication);
  if (deleted === undefined) return 0;
  const isGone = `${sameKey(request, 't', 'd')} AND NOT EXISTS (SELECT FROM ${staged} AS s WHERE ${sameKey(request, 's', 'd')})`;
  if (request.deletes === 'hard')
    return execute(publication, `DELETE FROM ${table} AS t USING ${deleted} AS d WHERE ${isGone}`);
  const stamp = sqlName(DELETED_AT_FIELD.name);
  return execute(
    publication,
    `UPDATE ${table} AS t SET ${stamp} = ${loadedAt(request)} FROM ${deleted} AS d WHERE ${isGone} AND t.${stamp} IS NULL`,
  );
}
