import type { DatabaseSync, SQLInputValue } from 'node:sqlite';

import type { PublishRequest } from '@millrace/connector-sdk';
import { DELETED_AT_FIELD, type Field } from '@millrace/spec';

import { quote } from '../quote.ts';
import { DELETED, STAGED } from './stage-rows.ts';
import { instantText } from './staged-value.ts';

export interface RowCounts {
  readonly rowsInserted: number;
  readonly rowsUpdated: number;
  readonly rowsDeleted: number;
}

export function insertRows(database: DatabaseSync, table: string, fields: readonly Field[]): number {
  const names = columnList(fields);
  return change(database, `INSERT INTO ${quote(table)} (${names}) SELECT ${names} FROM ${STAGED}`);
}

/** Full rows replace the rows of the same key; rows that came back at the source lose their mark. */
export function mergeRows(
  database: DatabaseSync,
  request: PublishRequest,
  hasDeletedKeys: boolean,
): RowCounts {
  const table = quote(request.table.name);
  indexStaging(database, request, hasDeletedKeys);
  let rowsDeleted = 0;
  if (hasDeletedKeys && request.deletes !== 'ignore') {
    const isGone = goneCondition(request, table);
    const mark = quote(DELETED_AT_FIELD.name);
    rowsDeleted =
      request.deletes === 'hard'
        ? change(database, `DELETE FROM ${table} WHERE ${isGone}`)
        : change(
            database,
            `UPDATE ${table} SET ${mark} = ? WHERE ${mark} IS NULL AND ${isGone}`,
            instantText(request.loadedAt),
          );
  }
  const isStaged = `EXISTS (SELECT 1 FROM ${STAGED} AS s WHERE ${sameKey(request, 's', table)})`;
  const rowsUpdated = change(database, `DELETE FROM ${table} WHERE ${isStaged}`);
  const rows = insertRows(database, request.table.name, request.fields);
  return { rowsInserted: rows - rowsUpdated, rowsUpdated, rowsDeleted };
}

/**
 * scd2: a staged row that differs from the current version of its key closes that version and becomes the current
 * one; an equal row changes nothing; a key that is gone at the source is closed. NULL equals NULL.
 */
export function versionRows(
  database: DatabaseSync,
  request: PublishRequest,
  hasDeletedKeys: boolean,
): RowCounts {
  const table = quote(request.table.name);
  const stamp = instantText(request.loadedAt);
  indexStaging(database, request, hasDeletedKeys);
  // A version cannot end before it began, also when clocks disagree.
  const close = `UPDATE ${table} SET valid_to = max(?, valid_from), is_current = 0 WHERE is_current = 1`;
  const rowsDeleted = hasDeletedKeys
    ? change(database, `${close} AND ${goneCondition(request, table)}`, stamp)
    : 0;
  const differs = request.fields
    .filter((field) => !request.key.includes(field.name))
    .map((field) => `s.${quote(field.name)} IS NOT ${table}.${quote(field.name)}`);
  const rowsUpdated =
    differs.length === 0
      ? 0
      : change(
          database,
          `${close} AND EXISTS (SELECT 1 FROM ${STAGED} AS s WHERE ${sameKey(request, 's', table)} AND (${differs.join(' OR ')}))`,
          stamp,
        );
  const names = columnList(request.fields);
  const values = request.fields.map((field) => `s.${quote(field.name)}`).join(', ');
  const since = `(SELECT max(t.valid_to) FROM ${table} AS t WHERE ${sameKey(request, 't', 's')})`;
  const rowsInserted = change(
    database,
    `INSERT INTO ${table} (${names}, valid_from, valid_to, is_current)
     SELECT ${values}, max(?, coalesce(${since}, '')), NULL, 1 FROM ${STAGED} AS s
      WHERE NOT EXISTS (SELECT 1 FROM ${table} AS t WHERE t.is_current = 1 AND ${sameKey(request, 't', 's')})`,
    stamp,
  );
  return { rowsInserted, rowsUpdated, rowsDeleted };
}

/** The first load of a versioned table. */
export function insertFirstVersions(database: DatabaseSync, request: PublishRequest, table: string): number {
  const names = columnList(request.fields);
  return change(
    database,
    `INSERT INTO ${quote(table)} (${names}, valid_from, valid_to, is_current) SELECT ${names}, ?, NULL, 1 FROM ${STAGED}`,
    instantText(request.loadedAt),
  );
}

/** Rows whose key is gone at the source, but for those that came back and are staged. */
function goneCondition(request: PublishRequest, table: string): string {
  const isDeleted = `EXISTS (SELECT 1 FROM ${DELETED} AS d WHERE ${sameKey(request, 'd', table)})`;
  return `${isDeleted} AND NOT EXISTS (SELECT 1 FROM ${STAGED} AS s WHERE ${sameKey(request, 's', table)})`;
}

function indexStaging(database: DatabaseSync, request: PublishRequest, hasDeletedKeys: boolean): void {
  const key = request.key.map(quote).join(', ');
  database.exec(`CREATE INDEX IF NOT EXISTS temp._millrace_staged_key ON _millrace_staged (${key})`);
  if (hasDeletedKeys)
    database.exec(`CREATE INDEX IF NOT EXISTS temp._millrace_deleted_key ON _millrace_deleted (${key})`);
}

function sameKey(request: PublishRequest, left: string, right: string): string {
  return request.key.map((name) => `${left}.${quote(name)} IS ${right}.${quote(name)}`).join(' AND ');
}

function columnList(fields: readonly Field[]): string {
  return fields.map((field) => quote(field.name)).join(', ');
}

function change(database: DatabaseSync, sql: string, ...parameters: SQLInputValue[]): number {
  return Number(database.prepare(sql).run(...parameters).changes);
}
