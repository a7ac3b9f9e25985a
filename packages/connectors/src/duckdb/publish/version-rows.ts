import { SCD2_FIELDS } from '@millrace/spec';

import { foldName, identifier, qualifiedName } from '../warehouse/names.ts';
import { parquetFiles } from '../warehouse/parquet-view.ts';
import {
  keysOf,
  sameKey,
  stagedColumns,
  timestamp,
  type RowCounts,
  type TargetTable,
} from './change-rows.ts';
import { requireRows } from './staged-rows.ts';

/**
 * Keeps every version of a row (scd2): a staged row that differs from its current version in any column closes it and
 * becomes the current one; an equal one changes nothing; a key that is gone is closed. NULL equals NULL, NaN equals NaN,
 * and 0.0 equals -0.0.
 */
export async function versionRows(target: TargetTable): Promise<RowCounts> {
  const { session, request, files, stagedRows, signal } = target;
  const table = qualifiedName(request.table);
  const loadedAt = timestamp(request.loadedAt);
  // A version cannot end before it began, also when clocks disagree.
  const close = `SET valid_to = greatest(${loadedAt}, t.valid_from), is_current = false`;
  const deleted = request.deletedKeys();
  const rowsDeleted =
    deleted.length === 0
      ? 0
      : await session.change(
          `UPDATE ${table} AS t ${close} FROM ${keysOf(target, deleted)} AS d WHERE t.is_current AND ${sameKey(target)}`,
          signal,
        );
  if (files.length === 0) return { rowsInserted: 0, rowsUpdated: 0, rowsDeleted };

  await session.run(stageSql(target, table), signal);
  const [compared] = await session.texts(`SELECT CAST(count(*) AS VARCHAR) FROM ${STAGE}`, signal);
  requireRows(request, stagedRows, Number(compared?.[0]), 'Comparing with the current versions gave');
  const rowsUpdated = await session.change(
    `UPDATE ${table} AS t ${close} FROM ${STAGE} AS d WHERE d.is_changed AND t.rowid = d.current_row`,
    signal,
  );
  const columns = request.fields.map(({ name }) => identifier(name)).join(', ');
  const staged = request.fields.map((_, index) => `c${index}`).join(', ');
  const rowsInserted = await session.change(
    `INSERT INTO ${table} (${columns}, valid_from, valid_to, is_current)
      SELECT ${staged}, greatest(${loadedAt}, since), NULL, true FROM ${STAGE} WHERE is_changed`,
    signal,
  );
  await session.run(`DROP TABLE ${STAGE}`, signal);
  return { rowsInserted, rowsUpdated, rowsDeleted };
}

const STAGE = 'temp.millrace_versions';

/** Each staged row with its current version: where it is, since when, and whether the row is new or differs. */
function stageSql(target: TargetTable, table: string): string {
  const { request, fields, files } = target;
  const added = new Set(SCD2_FIELDS.map(({ name }) => name));
  const stagedIndex = new Map(request.fields.map(({ name }, index) => [foldName(name), index]));
  const differs = fields
    .filter(({ name }) => !added.has(foldName(name)))
    .map(({ name }) => {
      const index = stagedIndex.get(foldName(name));
      return `t.${identifier(name)} IS DISTINCT FROM ${index === undefined ? 'NULL' : `d.c${index}`}`;
    });
  const names = request.fields.map((_, index) => `c${index}`);
  const keys = request.key.map((name, index) => `c${stagedIndex.get(foldName(name))} AS k${index}`);
  const rows = `(SELECT ${stagedColumns(target)} FROM ${parquetFiles(files.map(({ path }) => path))}) AS s(${names.join(', ')})`;
  return `CREATE OR REPLACE TEMP TABLE millrace_versions AS
    SELECT ${names.map((name) => `d.${name}`).join(', ')}, t.rowid AS current_row, t.valid_from AS since,
      t.is_current IS NULL OR ${differs.join(' OR ')} AS is_changed
    FROM (SELECT *, ${keys.join(', ')} FROM ${rows}) AS d
    LEFT JOIN (SELECT *, rowid FROM ${table} WHERE is_current) AS t ON ${sameKey(target)}`;
}
