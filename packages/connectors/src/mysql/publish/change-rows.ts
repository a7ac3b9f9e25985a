import type { PublishRequest } from '@millrace/connector-sdk';
import { type Field, SCD2_FIELDS } from '@millrace/spec';

import type { MysqlConnection } from '../protocol/connection.ts';
import { identifier, qualified, type TargetName, type WorkTables } from './names.ts';

export interface RowCounts {
  readonly rowsInserted: number;
  readonly rowsUpdated: number;
  readonly rowsDeleted: number;
}

/** What the statements of a publication need; they run inside its transaction. */
export interface RowChange {
  readonly connection: MysqlConnection;
  readonly request: PublishRequest;
  readonly target: TargetName;
  readonly work: WorkTables;
  /** All columns of the table. */
  readonly fields: readonly Field[];
  readonly hasDeletedKeys: boolean;
}

async function change({ connection }: RowChange, sql: string): Promise<number> {
  return Number((await connection.execute(sql)).affectedRows);
}

/** Adds the staged rows; columns they lack stay NULL. */
export async function appendRows(context: RowChange): Promise<RowCounts> {
  const { request, target, work } = context;
  const columns = request.fields.map(({ name }) => identifier(name)).join(', ');
  const rowsInserted = await change(
    context,
    `INSERT INTO ${qualified(target)} (${columns}) SELECT ${columns} FROM ${qualified(work.staged)}`,
  );
  return { rowsInserted, rowsUpdated: 0, rowsDeleted: 0 };
}

/** Replaces rows by key. Deletes come first, so that a key that is gone and came back is there. */
export async function mergeRows(context: RowChange): Promise<RowCounts> {
  const { target, work } = context;
  const rowsDeleted = await deleteRows(context);
  const rowsUpdated = await change(
    context,
    `DELETE t FROM ${qualified(target)} AS t JOIN ${qualified(work.staged)} AS d ON ${sameKey(context)}`,
  );
  const { rowsInserted } = await appendRows(context);
  return { rowsInserted: rowsInserted - rowsUpdated, rowsUpdated, rowsDeleted };
}

async function deleteRows(context: RowChange): Promise<number> {
  const { request, target, work, hasDeletedKeys } = context;
  if (!hasDeletedKeys || request.deletes === 'ignore') return 0;
  const joined = `${qualified(target)} AS t JOIN ${qualified(work.deletedKeys)} AS d ON ${sameKey(context)}`;
  if (request.deletes === 'hard') return change(context, `DELETE t FROM ${joined}`);
  return change(
    context,
    `UPDATE ${joined} SET t.deleted_at = ${timestamp(request.loadedAt)} WHERE t.deleted_at IS NULL`,
  );
}

/**
 * Keeps every version of a row: a staged row that differs from its current version in any column closes it and becomes
 * the current one; an equal one changes nothing; a key that is gone is closed. NULL equals NULL, and 0.0 equals -0.0.
 */
export async function versionRows(context: RowChange): Promise<RowCounts> {
  const { request, target, work, hasDeletedKeys } = context;
  const loadedAt = timestamp(request.loadedAt);
  // A version cannot end before it began, also when clocks disagree.
  const close = `SET t.valid_to = GREATEST(${loadedAt}, t.valid_from), t.is_current = 0 WHERE t.is_current = 1`;
  const joined = (table: TargetName): string =>
    `${qualified(target)} AS t JOIN ${qualified(table)} AS d ON ${sameKey(context)}`;
  const rowsDeleted = hasDeletedKeys
    ? await change(context, `UPDATE ${joined(work.deletedKeys)} ${close}`)
    : 0;
  const rowsUpdated = await change(
    context,
    `UPDATE ${joined(work.staged)} ${close} AND NOT (${sameValues(context)})`,
  );
  const columns = request.fields.map(({ name }) => identifier(name)).join(', ');
  const rowsInserted = await change(
    context,
    `INSERT INTO ${qualified(target)} (${columns}, valid_from, valid_to, is_current)
      SELECT ${columns}, ${loadedAt}, NULL, 1 FROM ${qualified(work.staged)} AS d
      WHERE NOT EXISTS (SELECT 1 FROM ${qualified(target)} AS t WHERE ${sameKey(context)} AND t.is_current = 1)`,
  );
  return { rowsInserted, rowsUpdated, rowsDeleted };
}

/** Served by the index over the key. Only columns that can be NULL compare NULL as a value. */
function sameKey({ request, fields }: RowChange): string {
  return request.key
    .map((name) => {
      const isNullable = fields.find((field) => field.name === name)?.nullable !== false;
      return `t.${identifier(name)} ${isNullable ? '<=>' : '='} d.${identifier(name)}`;
    })
    .join(' AND ');
}

function sameValues({ request, fields }: RowChange): string {
  const staged = new Set(request.fields.map(({ name }) => name));
  const added = new Set(SCD2_FIELDS.map(({ name }) => name));
  const compared = fields.filter(({ name }) => !added.has(name));
  return compared
    .map(({ name }) =>
      staged.has(name) ? `t.${identifier(name)} <=> d.${identifier(name)}` : `t.${identifier(name)} IS NULL`,
    )
    .join(' AND ');
}

/** An instant of the engine as a DATETIME(6) literal in UTC. */
export function timestamp(iso: string): string {
  const parts = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?)Z$/.exec(iso);
  if (parts === null) throw new RangeError(`${iso} is not an ISO 8601 instant in UTC.`);
  return `TIMESTAMP'${parts[1]} ${parts[2]}'`;
}
