import { type DiscoverRequest, PipelineError, selectTables } from '@millrace/connector-sdk';
import {
  formatTableName,
  type ForeignKey,
  type SourceField,
  type SourceTable,
  type TableName,
} from '@millrace/spec';

import { readTypeOf } from '../native-type.ts';
import type { MysqlConnection, TextRow } from '../protocol/connection.ts';
import { tryQuery } from '../session.ts';
import { type CandidateColumn, cursorCandidates } from './cursor-candidates.ts';
import { NO_FOREIGN_KEYS, readForeignKeys } from './read-foreign-keys.ts';
import { qualifyPatterns, schemaCondition } from './schema-condition.ts';

interface IndexFacts {
  /** The primary key, or the first unique key over NOT NULL columns. */
  readonly key: readonly string[];
  readonly leading: ReadonlySet<string>;
}

const NO_INDEXES: IndexFacts = { key: [], leading: new Set() };

/** All tables that match, in a fixed number of queries whatever their number. */
export async function discoverTables(
  connection: MysqlConnection,
  request: DiscoverRequest,
  database: string | undefined,
): Promise<readonly SourceTable[]> {
  const wanted = qualifyPatterns(request, database);
  const where = schemaCondition(wanted.include, database);
  const order = (columns: string): string => `WHERE ${where} ORDER BY ${columns}`;
  connection.send(
    `SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE, TABLE_ROWS, DATA_LENGTH + INDEX_LENGTH FROM information_schema.TABLES ${order('1, 2')}`,
    `SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, DATA_TYPE, COLUMN_TYPE, IS_NULLABLE, NUMERIC_PRECISION, NUMERIC_SCALE,
      CHARACTER_SET_NAME, EXTRA, GENERATION_EXPRESSION FROM information_schema.COLUMNS ${order('TABLE_SCHEMA, TABLE_NAME, ORDINAL_POSITION')}`,
    `SELECT TABLE_SCHEMA, TABLE_NAME, INDEX_NAME, NON_UNIQUE, COLUMN_NAME, NULLABLE, SUB_PART, SEQ_IN_INDEX
      FROM information_schema.STATISTICS ${order('TABLE_SCHEMA, TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX')}`,
  );
  const tableRows = await connection.rows();
  const columnRows = groupByTable(await connection.rows());
  const indexRows = groupByTable(await connection.rows());
  const checkedJson = await checkedJsonColumns(connection, where, columnRows);
  const foreignKeys =
    request.withForeignKeys === true ? await readForeignKeys(connection, where) : NO_FOREIGN_KEYS;

  const readable = new Map(tableRows.filter((row) => isReadable(row[2])).map((row) => [idOf(row), row]));
  const names = await select(connection, [...readable.values()].map(tableNameOf), wanted);
  const found = names.map((name) => {
    const id = `${name.schema}\0${name.name}`;
    return describeTable(
      readable.get(id) ?? [],
      columnRows.get(id) ?? [],
      readIndexes(indexRows.get(id) ?? []),
      checkedJson,
      foreignKeys.get(id),
    );
  });
  return found.toSorted((left, right) =>
    compareText(formatTableName(left.table), formatTableName(right.table)),
  );
}

async function select(
  connection: MysqlConnection,
  tables: readonly TableName[],
  wanted: DiscoverRequest,
): Promise<readonly TableName[]> {
  try {
    return selectTables(tables, wanted);
  } catch (error) {
    if (!(error instanceof PipelineError)) throw error;
    // Near misses may stand outside of what the condition let through.
    const where = schemaCondition(['*.*'], undefined);
    const rows = await connection.query(
      `SELECT TABLE_SCHEMA, TABLE_NAME FROM information_schema.TABLES WHERE ${where}`,
    );
    return selectTables(rows.map(tableNameOf), wanted);
  }
}

const compareText = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

function isReadable(tableType: string | null | undefined): boolean {
  return tableType === 'BASE TABLE' || tableType === 'VIEW' || tableType === 'SYSTEM VERSIONED';
}

function tableNameOf(row: TextRow): TableName {
  return { schema: row[0] ?? '', name: row[1] ?? '' };
}

/** Names compare byte by byte here: information_schema itself may give a table and its case twin for one name. */
function idOf(row: TextRow): string {
  return `${row[0] ?? ''}\0${row[1] ?? ''}`;
}

function groupByTable(rows: readonly TextRow[]): Map<string, TextRow[]> {
  return Map.groupBy(rows, idOf);
}

function readIndexes(rows: readonly TextRow[]): IndexFacts {
  if (rows.length === 0) return NO_INDEXES;
  const leading = new Set(rows.filter((row) => row[7] === '1').flatMap((row) => row[4] ?? []));
  const unique = [...Map.groupBy(rows, (row) => row[2] ?? '')].filter(([, parts]) =>
    // An index over an expression has no column name; one over a prefix does not identify rows.
    parts.every((part) => part[3] === '0' && part[4] !== null && part[5] !== 'YES' && part[6] === null),
  );
  const [, parts = []] = unique.find(([name]) => name === 'PRIMARY') ?? unique[0] ?? [];
  return { key: parts.flatMap((part) => part[4] ?? []), leading };
}

async function checkedJsonColumns(
  connection: MysqlConnection,
  where: string,
  columns: ReadonlyMap<string, readonly TextRow[]>,
): Promise<ReadonlySet<string>> {
  if (
    !connection.greeting.isMariadb ||
    !columns.values().some((rows) => rows.some((row) => row[3] === 'longtext'))
  )
    return new Set();
  const condition = where.replaceAll('TABLE_SCHEMA', 'CONSTRAINT_SCHEMA');
  const rows =
    (await tryQuery(
      connection,
      `SELECT CONSTRAINT_SCHEMA, TABLE_NAME, CHECK_CLAUSE FROM information_schema.CHECK_CONSTRAINTS WHERE ${condition}`,
    )) ?? [];
  const names = rows.flatMap((row) => {
    const column = /^json_valid\(`((?:[^`]|``)*)`\)$/i.exec(row[2] ?? '')?.[1]?.replaceAll('``', '`');
    return column === undefined ? [] : [`${idOf(row)}\0${column}`];
  });
  return new Set(names);
}

function describeTable(
  row: TextRow,
  columnRows: readonly TextRow[],
  indexes: IndexFacts,
  checkedJson: ReadonlySet<string>,
  foreignKeys: readonly ForeignKey[] | undefined,
): SourceTable {
  const columns = columnRows.map((column) => describeColumn(column, indexes, checkedJson));
  const table = tableNameOf(row);
  const isView = row[2] === 'VIEW';
  return {
    table,
    kind: isView ? 'view' : 'table',
    fields: columns.map((column) => column.field),
    key: indexes.key,
    indexedColumns: columns.filter((column) => column.isIndexed).map((column) => column.field.name),
    ...(foreignKeys === undefined ? {} : { foreignKeys }),
    estimatedRows: isView || row[3] == null ? null : Number(row[3]),
    estimatedBytes: isView || row[4] == null ? null : Number(row[4]),
    cursorCandidates: cursorCandidates(columns),
    notes: columns.flatMap((column) => column.note ?? []),
  };
}

function describeColumn(
  row: TextRow,
  indexes: IndexFacts,
  checkedJson: ReadonlySet<string>,
): CandidateColumn & { readonly note?: string } {
  const name = row[2] ?? '';
  const extra = row[9] ?? '';
  const columnType = row[4] ?? '';
  const dataType = (row[3] ?? '').toLowerCase();
  const { type, mapping, form } = readTypeOf({
    dataType,
    columnType: columnType.toLowerCase(),
    precision: Number(row[6] ?? 0),
    scale: Number(row[7] ?? 0),
    characterSet: row[8] ?? null,
    isCheckedJson: checkedJson.has(`${idOf(row)}\0${name}`),
  });
  const isGenerated = (row[10] ?? '') !== '' || /\b(VIRTUAL|STORED|PERSISTENT)\b/i.test(extra);
  const isInvisible = /\bINVISIBLE\b/i.test(extra);
  const field: SourceField = {
    name,
    type,
    nullable: row[5] === 'YES',
    nativeType: columnType,
    ...(mapping === undefined ? {} : { mapping }),
    detail: {
      dataType,
      form,
      ...(isGenerated ? { isGenerated } : {}),
      ...(isInvisible ? { isInvisible } : {}),
    },
  };
  const facts = [isGenerated ? 'generated' : [], isInvisible ? 'invisible' : []].flat();
  return {
    field,
    isIndexed: indexes.leading.has(name),
    isAutoIncrement: /\bauto_increment\b/i.test(extra),
    isTouchedOnUpdate: /on update current_timestamp/i.test(extra),
    ...(facts.length === 0
      ? {}
      : { note: `Column ${name} is ${facts.join(' and ')}; it is read like any other.` }),
  };
}
