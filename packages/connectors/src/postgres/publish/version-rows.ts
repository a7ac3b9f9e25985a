import {
  comparable,
  execute,
  loadDeletedKeys,
  loadedAt,
  type Publication,
  type RowCounts,
  sameKey,
} from './publication.ts';
import { sqlName, sqlNames, sqlTable } from './target-table.ts';

/**
 * scd2: a staged row that differs from the current version of its key closes that version and becomes the current
 * one; an equal row changes nothing; a key that is gone at the source is closed. NULL equals NULL, NaN equals NaN.
 */
export async function versionRows(publication: Publication, staged: string): Promise<RowCounts> {
  const { request } = publication;
  const table = sqlTable(request.table);
  const stamp = loadedAt(request);
  // A version cannot end before it began, also when clocks disagree.
  const close = `SET valid_to = greatest(${stamp}, t.valid_from), is_current = false`;
  const deleted = await loadDeletedKeys(publication);
  const rowsDeleted =
    deleted === undefined
      ? 0
      : await execute(
          publication,
          `UPDATE ${table} AS t ${close} FROM ${deleted} AS d WHERE t.is_current AND ${sameKey(request, 't', 'd')}
           AND NOT EXISTS (SELECT FROM ${staged} AS s WHERE ${sameKey(request, 's', 'd')})`,
        );
  const differs = request.fields
    .filter((field) => !request.key.includes(field.name))
    .map(
      (field) =>
        `${comparable(`t.${sqlName(field.name)}`, field)} IS DISTINCT FROM ${comparable(`s.${sqlName(field.name)}`, field)}`,
    );
  const rowsUpdated =
    differs.length === 0
      ? 0
      : await execute(
          publication,
          `UPDATE ${table} AS t ${close} FROM ${staged} AS s WHERE t.is_current AND ${sameKey(request, 't', 's')} AND (${differs.join(' OR ')})`,
        );
  const names = sqlNames(request.fields);
  const values = request.fields.map(({ name }) => `s.${sqlName(name)}`).join(', ');
  // The version before a changed one may have begun after this load, by a clock that was ahead.
  const since = `(SELECT max(t.valid_to) FROM ${table} AS t WHERE ${sameKey(request, 't', 's')})`;
  const rowsInserted = await execute(
    publication,
    `INSERT INTO ${table} (${names}, valid_from, valid_to, is_current)
     SELECT ${values}, greatest(${stamp}, ${since}), NULL, true FROM ${staged} AS s
     WHERE NOT EXISTS (SELECT FROM ${table} AS t WHERE t.is_current AND ${sameKey(request, 't', 's')})`,
  );
  return { rowsInserted, rowsUpdated, rowsDeleted };
}
