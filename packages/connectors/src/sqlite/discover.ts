import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';

import { selectTables, type DiscoverRequest } from '@millrace/connector-sdk';
import type { SourceField, SourceTable } from '@millrace/spec';

import { rankCursors } from './cursor-candidates.ts';
import { queryRows, type SqliteRow } from './database.ts';
import { quote } from './quote.ts';
import { readForeignKeys } from './read-foreign-keys.ts';
import { columnTypeOf } from './sampled-type.ts';

const SAMPLE_ROWS = 1_000;
/** Tables up to this many rows are counted; larger ones are estimated from their highest rowid. */
const COUNTED_ROWS = 50_000;

interface TableEntry {
  readonly name: string;
  readonly kind: 'table' | 'view';
  readonly isWithoutRowid: boolean;
}

/**
 * Tables and views of the main database. Virtual tables, SQLite's own tables and Millrace's records are left out, and so
 * are views that SQLite itself cannot read, except where one is asked for by its name.
 */
export function discoverTables(database: DatabaseSync, request: DiscoverRequest): readonly SourceTable[] {
  const entries = queryRows(
    database,
    // Materialised: to list 1,000 tables once for each of them takes 0.3 s, and a run discovers each table that it reads.
    `WITH listed AS MATERIALIZED (SELECT name, type, wr FROM pragma_table_list WHERE schema = 'main')
     SELECT s.name, s.type, l.wr FROM sqlite_schema AS s LEFT JOIN listed AS l ON l.name = s.name
      WHERE s.type IN ('table', 'view') AND s.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND s.name NOT LIKE '\\_millrace\\_%' ESCAPE '\\'
        AND coalesce(l.type, '') NOT IN ('virtual', 'shadow')
      ORDER BY s.name`,
  ).map(([name, kind, withoutRowid]): TableEntry => ({
    name: String(name),
    kind: kind === 'view' ? 'view' : 'table',
    isWithoutRowid: withoutRowid === 1n,
  }));
  return selectTables(entries, request).flatMap((entry) => {
    try {
      const table = describeTable(database, entry);
      if (request.withForeignKeys !== true) return [table];
      const foreignKeys = readForeignKeys(database, entry.name);
      return [foreignKeys.length === 0 ? table : { ...table, foreignKeys }];
    } catch (error) {
      if (entry.kind === 'table' || request.include.includes(entry.name)) throw error;
      return [];
    }
  });
}

function describeTable(database: DatabaseSync, entry: TableEntry): SourceTable {
  const columns = queryRows(
    database,
    'SELECT name, type, "notnull", pk, hidden FROM pragma_table_xinfo(?, \'main\') WHERE hidden <> 1',
    entry.name,
  ).map(toColumn);
  const indexes = listIndexes(database, entry.name);
  const notes: string[] = [];
  const primaryKey = columns
    .filter((column) => column.keyPosition > 0)
    .toSorted((a, b) => a.keyPosition - b.keyPosition);
  const isRowidAlias =
    primaryKey.length === 1 && primaryKey[0]?.type.toUpperCase() === 'INTEGER' && !entry.isWithoutRowid;
  const key = primaryKey.length > 0 ? primaryKey.map((column) => column.name) : uniqueKey(indexes, columns);
  const sample = sampleColumns(database, entry.name, columns);
  const fields = columns.map((column, index): SourceField => {
    const { type, mapping } = columnTypeOf(
      column.type,
      sample.map((row) => row[index] ?? null),
    );
    const isNullable = !(column.isNotNull || (isRowidAlias && column.keyPosition > 0));
    if (isNullable && column.keyPosition > 0) {
      notes.push(`SQLite allows NULL in the primary key column ${column.name}; such rows cannot be merged.`);
    }
    if (column.isGenerated)
      notes.push(`${column.name} is a generated column; its values are read like any other.`);
    return {
      name: column.name,
      type,
      nullable: isNullable,
      nativeType: column.type,
      ...(mapping === undefined ? {} : { mapping }),
      ...(column.isGenerated ? { detail: { isGenerated: true } } : {}),
    };
  });
  const indexedColumns = unique([
    ...key.slice(0, 1),
    ...indexes.flatMap((index) => index.columns.slice(0, 1)),
  ]);
  return {
    table: { name: entry.name },
    kind: entry.kind,
    fields,
    key,
    indexedColumns,
    estimatedRows: estimateRows(database, entry),
    estimatedBytes: null,
    cursorCandidates: rankCursors(fields, indexedColumns, key),
    notes,
  };
}

interface Column {
  readonly name: string;
  readonly type: string;
  readonly isNotNull: boolean;
  readonly keyPosition: number;
  readonly isGenerated: boolean;
}

function toColumn([name, type, isNotNull, keyPosition, hidden]: SqliteRow): Column {
  return {
    name: String(name),
    type: String(type ?? ''),
    isNotNull: isNotNull === 1n,
    keyPosition: Number(keyPosition),
    isGenerated: hidden === 2n || hidden === 3n,
  };
}

interface Index {
  readonly isUnique: boolean;
  /** Without expressions: the columns before the first one. */
  readonly columns: readonly string[];
  readonly isOverColumns: boolean;
}

function listIndexes(database: DatabaseSync, table: string): readonly Index[] {
  const lists = queryRows(
    database,
    'SELECT name, "unique" FROM pragma_index_list(?, \'main\') WHERE partial = 0 ORDER BY seq DESC',
    table,
  );
  return lists.map(([name, isUnique]) => {
    const columns = queryRows(
      database,
      "SELECT name FROM pragma_index_info(?, 'main') ORDER BY seqno",
      String(name),
    ).map((row) => row[0]);
    const end = columns.findIndex((column) => typeof column !== 'string');
    return {
      isUnique: isUnique === 1n,
      columns: (end < 0 ? columns : columns.slice(0, end)).map(String),
      isOverColumns: end < 0,
    };
  });
}

function uniqueKey(indexes: readonly Index[], columns: readonly Column[]): readonly string[] {
  const required = new Set(columns.filter((column) => column.isNotNull).map((column) => column.name));
  const index = indexes.find(
    (candidate) =>
      candidate.isUnique && candidate.isOverColumns && candidate.columns.every((name) => required.has(name)),
  );
  return index?.columns ?? [];
}

function sampleColumns(
  database: DatabaseSync,
  table: string,
  columns: readonly Column[],
): readonly (readonly SQLOutputValue[])[] {
  if (columns.length === 0) return [];
  // Only as much of a long value as its type can be told from.
  const list = columns.map(({ name }) => {
    const column = quote(name);
    return `CASE WHEN typeof(${column}) IN ('text', 'blob') AND octet_length(${column}) > 1024 THEN substr(${column}, 1, 256) ELSE ${column} END`;
  });
  return queryRows(database, `SELECT ${list.join(', ')} FROM ${quote(table)} LIMIT ${SAMPLE_ROWS}`);
}

function estimateRows(database: DatabaseSync, entry: TableEntry): number | null {
  const table = quote(entry.name);
  if (entry.kind === 'view') return null;
  const counted = Number(
    queryRows(database, `SELECT count(*) FROM (SELECT 1 FROM ${table} LIMIT ${COUNTED_ROWS + 1})`)[0]?.[0] ??
      0n,
  );
  if (counted <= COUNTED_ROWS) return counted;
  return (
    estimateFromStatistics(database, entry.name) ??
    (entry.isWithoutRowid ? null : estimateFromRowids(database, entry.name))
  );
}

function estimateFromStatistics(database: DatabaseSync, table: string): number | null {
  const hasStatistics =
    queryRows(database, "SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat1'").length > 0;
  if (!hasStatistics) return null;
  const stat = queryRows(
    database,
    'SELECT stat FROM sqlite_stat1 WHERE tbl = ? AND stat IS NOT NULL LIMIT 1',
    table,
  )[0]?.[0];
  const rows = Number.parseInt(String(stat ?? ''), 10);
  return Number.isNaN(rows) ? null : rows;
}

function estimateFromRowids(database: DatabaseSync, table: string): number | null {
  const columns = queryRows(database, "SELECT lower(name) FROM pragma_table_xinfo(?, 'main')", table).map(
    (row) => row[0],
  );
  const rowid = ['rowid', '_rowid_', 'oid'].find((alias) => !columns.includes(alias));
  if (rowid === undefined) return null;
  const [range] = queryRows(database, `SELECT min(${rowid}), max(${rowid}) FROM ${quote(table)}`);
  return Number(range?.[1] ?? 0n) - Number(range?.[0] ?? 0n) + 1;
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)];
}
