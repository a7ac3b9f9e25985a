import type { LoadTask } from '@millrace/compiler';
import { DELETED_AT_FIELD, SCD2_FIELDS, type Field } from '@millrace/spec';
import { duckdbDialect, duckdbType, quoteIdentifier, quoteText } from '@millrace/sql';

import { resolveFiles } from '../stage/manifest.ts';
import { StagingDatabase } from '../stage/staging-database.ts';
import type { LoadPackage } from './package-store.ts';

const name = (column: string) => quoteIdentifier(duckdbDialect, column);
const names = (fields: readonly Field[]) => fields.map((field) => name(field.name)).join(', ');

/** A table as its packages tell it: the columns that its files have, and the query of its rows. */
export interface TableState {
  readonly fields: readonly Field[];
  readonly sql: string;
}

/** Lets rows of a query through, each for itself: by its values and nothing else. */
export type RowFilter = (sql: string) => string;

/**
 * The rows of a table after the given packages, oldest first, were published one after the other: the same rules as a
 * destination's, in which keys that are gone come before the rows of a package. Columns that Millrace adds
 * (`deleted_at`, versions) are among the fields, so that the state can be published as a whole. With `only`, those rows
 * that it lets through: the base of a table is large, and filtered before its rows are looked up among those that came later.
 */
export function tableState(
  task: LoadTask,
  packages: readonly LoadPackage[],
  only: RowFilter = (sql) => sql,
): TableState {
  const { fields, sql } = stateOf(task, packages, only);
  return { fields, sql: isHardMerge(task) ? sql : only(sql) };
}

function isHardMerge({ destination: { mode, deletes } }: LoadTask): boolean {
  return mode === 'merge' && deletes !== 'soft';
}

function stateOf(task: LoadTask, packages: readonly LoadPackage[], only: RowFilter): TableState {
  const fields = publishedFields(packages);
  const { mode, deletes } = task.destination;
  switch (mode) {
    case 'replace':
      return { fields, sql: `SELECT ${names(fields)} FROM (${rowsSql(packages.slice(-1), fields)})` };
    case 'append':
      return { fields, sql: `SELECT ${names(fields)} FROM (${rowsSql(packages, fields)})` };
    case 'merge':
      return deletes === 'soft'
        ? softMergedState(task, packages, fields)
        : { fields, sql: hardMergedSql(task, packages, fields, only) };
    case 'scd2':
      return versionedState(task, packages, fields);
  }
}

/** The columns of the newest package without those that Millrace adds. */
function publishedFields(packages: readonly LoadPackage[]): readonly Field[] {
  const added = new Set([DELETED_AT_FIELD, ...SCD2_FIELDS].map((field) => field.name));
  return (packages.at(-1)?.manifest.fields ?? []).filter((field) => !added.has(field.name));
}

function softMergedState(
  task: LoadTask,
  packages: readonly LoadPackage[],
  fields: readonly Field[],
): TableState {
  const key = task.destination.key.map(name);
  const same = key.map((column) => `latest.${column} = gone.${column}`).join(' AND ');
  const rows = rowsSql(packages, [...fields, DELETED_AT_FIELD]);
  const latest = `SELECT * FROM (${rows}) QUALIFY row_number() OVER (PARTITION BY ${key.join(', ')} ORDER BY __millrace_seq DESC) = 1`;
  const gone = goneSql(task, packages);
  const isGone =
    gone === undefined || task.destination.deletes === 'ignore'
      ? 'false'
      : 'coalesce(gone.__millrace_seq > latest.__millrace_seq, false)';
  const last =
    gone === undefined
      ? ''
      : ` LEFT JOIN (SELECT max(__millrace_seq) AS __millrace_seq, arg_max(__millrace_at, __millrace_seq) AS __millrace_at, ${key.join(', ')} FROM (${gone}) GROUP BY ${key.join(', ')}) AS gone ON ${same}`;
  const columns = fields.map((field) => `latest.${name(field.name)}`).join(', ');
  const deletedAt =
    isGone === 'false'
      ? 'latest.deleted_at'
      : `CASE WHEN ${isGone} THEN coalesce(latest.deleted_at, gone.__millrace_at) ELSE latest.deleted_at END`;
  return {
    fields: [...fields, DELETED_AT_FIELD],
    sql: `SELECT ${columns}, ${deletedAt} AS deleted_at FROM (${latest}) AS latest${last}`,
  };
}

/**
 * The rows of the base whose key no later package mentions, and the latest of the others: the base, which is nearly all
 * of it, is only looked up in what is small.
 */
function hardMergedSql(
  task: LoadTask,
  packages: readonly LoadPackage[],
  fields: readonly Field[],
  only: RowFilter,
): string {
  const key = task.destination.key.map(name);
  const keys = key.join(', ');
  const [base, ...deltas] = packages;
  const baseSql = only(`SELECT ${names(fields)} FROM (${rowsSql(base === undefined ? [] : [base], fields)})`);
  if (deltas.length === 0) return baseSql;
  const on = (left: string, right: string) =>
    key.map((column) => `${left}.${column} IS NOT DISTINCT FROM ${right}.${column}`).join(' AND ');
  const rows = rowsSql(deltas, fields);
  const gone = task.destination.deletes === 'ignore' ? undefined : goneSql(task, deltas);
  const latest = `SELECT * FROM (${rows}) QUALIFY row_number() OVER (PARTITION BY ${keys} ORDER BY __millrace_seq DESC) = 1`;
  const lost =
    gone && `SELECT max(__millrace_seq) AS __millrace_seq, ${keys} FROM (${gone}) GROUP BY ${keys}`;
  const later = lost
    ? `SELECT latest.* FROM (${latest}) AS latest LEFT JOIN (${lost}) AS gone ON ${on('latest', 'gone')} WHERE coalesce(gone.__millrace_seq <= latest.__millrace_seq, true)`
    : latest;
  const touched = [`SELECT ${keys} FROM (${rows})`, ...(lost ? [`SELECT ${keys} FROM (${lost})`] : [])];
  return (
    `SELECT * FROM (${baseSql}) AS base ANTI JOIN (${touched.join(' UNION ')}) AS touched ON ${on('base', 'touched')} ` +
    `UNION ALL ${only(`SELECT ${names(fields)} FROM (${later})`)}`
  );
}

/** Versions by replay: a row that equals the one before it is none; whatever comes next for the key closes it. */
function versionedState(
  task: LoadTask,
  packages: readonly LoadPackage[],
  fields: readonly Field[],
): TableState {
  const key = task.destination.key.map(name).join(', ');
  const order = `PARTITION BY ${key} ORDER BY __millrace_seq, __millrace_at, __millrace_is_row`;
  const empty = fields.map((field) =>
    task.destination.key.includes(field.name)
      ? name(field.name)
      : `CAST(NULL AS ${duckdbType(field.type)}) AS ${name(field.name)}`,
  );
  const rows = rowsSql(packages, [...fields, ...SCD2_FIELDS]);
  const gone = goneSql(task, packages);
  const events = [
    `SELECT __millrace_seq, coalesce(valid_from, __millrace_at) AS __millrace_at, true AS __millrace_is_row, ${names(fields)} FROM (${rows})`,
    `SELECT __millrace_seq, valid_to AS __millrace_at, false AS __millrace_is_row, ${empty.join(', ')} FROM (${rows}) WHERE valid_to IS NOT NULL`,
    ...(gone === undefined
      ? []
      : [
          `SELECT __millrace_seq, __millrace_at, false AS __millrace_is_row, ${empty.join(', ')} FROM (${gone})`,
        ]),
  ].join(' UNION ALL ');
  const whole = `row(${names(fields)})`;
  const marked = `SELECT *, coalesce(lag(__millrace_is_row) OVER (${order}), false) AND __millrace_is_row AND ${whole} IS NOT DISTINCT FROM lag(${whole}) OVER (${order}) AS __millrace_is_same FROM (${events})`;
  const closed = `SELECT *, lead(__millrace_at) OVER (${order}) AS __millrace_closed_at FROM (${marked}) WHERE NOT __millrace_is_same`;
  return {
    fields: [...fields, ...SCD2_FIELDS],
    sql: `SELECT ${names(fields)}, __millrace_at AS valid_from, CASE WHEN __millrace_closed_at IS NOT NULL THEN greatest(__millrace_closed_at, __millrace_at) END AS valid_to, __millrace_closed_at IS NULL AS is_current FROM (${closed}) WHERE __millrace_is_row`,
  };
}

/** Rows of all packages with `__millrace_seq`, the place of their package, and `__millrace_at`, the time of its load. */
function rowsSql(packages: readonly LoadPackage[], fields: readonly Field[]): string {
  const parts = packages.flatMap(({ folder, manifest }, seq) => {
    if (manifest.files.length === 0) return [];
    const has = new Set(manifest.fields.map((field) => field.name));
    const columns = fields.map(
      (field) =>
        `CAST(${has.has(field.name) ? name(field.name) : 'NULL'} AS ${duckdbType(field.type)}) AS ${name(field.name)}`,
    );
    const files = resolveFiles(folder, manifest.files).map((file) => file.path);
    return [
      `SELECT ${seq} AS __millrace_seq, ${loadTime(manifest.createdAt)} AS __millrace_at, ${columns.join(', ')} FROM ${StagingDatabase.parquetOf(files)}`,
    ];
  });
  if (parts.length > 0) return parts.join(' UNION ALL ');
  const none = fields.map((field) => `CAST(NULL AS ${duckdbType(field.type)}) AS ${name(field.name)}`);
  return `SELECT 0 AS __millrace_seq, CAST(NULL AS TIMESTAMPTZ) AS __millrace_at, ${none.join(', ')} WHERE false`;
}

function goneSql(task: LoadTask, packages: readonly LoadPackage[]): string | undefined {
  const key = task.destination.key.map(name).join(', ');
  const parts = packages.flatMap(({ folder, manifest }, seq) => {
    if (manifest.deletedKeys.length === 0) return [];
    const files = resolveFiles(folder, manifest.deletedKeys).map((file) => file.path);
    return [
      `SELECT ${seq} AS __millrace_seq, ${loadTime(manifest.createdAt)} AS __millrace_at, ${key} FROM ${StagingDatabase.parquetOf(files)}`,
    ];
  });
  return parts.length === 0 ? undefined : parts.join(' UNION ALL ');
}

function loadTime(createdAt: string): string {
  return `CAST(${quoteText(duckdbDialect, createdAt)} AS TIMESTAMPTZ)`;
}
