import type { PublicationRecord, SourcePosition } from '@millrace/connector-sdk';
import type { Field, TableName, WriteMode } from '@millrace/spec';

import { CATALOG, identifier, OWN_SCHEMA, text, textOrNull } from './names.ts';
import type { Session } from './session.ts';

/** What `_millrace.publications` holds of a table: one row, replaced in the transaction of each publication. */
export interface Publication {
  /** As it was spelled when it was first published; DuckDB finds it by any case. */
  readonly table: TableName;
  readonly record: PublicationRecord;
  readonly mode: WriteMode;
  /** All columns of the table, those that Millrace adds included. */
  readonly fields: readonly Field[];
  /** Rows of the table after this publication. */
  readonly tableRows: number;
  /** Set when the table is a view over Parquet files; null when DuckDB stores the rows. */
  readonly parquet: ParquetTable | null;
  /** Folder of the version before, under the root: readers that began then still read it. */
  readonly previousFolder: string | null;
}

export interface ParquetTable {
  /** Absolute path of the warehouse's files when the view was made; the view is remade when the folder has moved. */
  readonly root: string;
  readonly folder: string;
  readonly names: readonly string[];
  /** Columns of the table that the files lack, with the text of the value all rows have. */
  readonly constants: Readonly<Record<string, string | null>>;
}

const SCHEMA = `${CATALOG}.${OWN_SCHEMA}`;
const TABLE = `${SCHEMA}.publications`;

const CREATE = `CREATE SCHEMA IF NOT EXISTS ${SCHEMA};
CREATE TABLE IF NOT EXISTS ${TABLE} (
  schema_name VARCHAR NOT NULL,
  table_name VARCHAR NOT NULL,
  run_id VARCHAR NOT NULL,
  fence_token BIGINT NOT NULL,
  version BIGINT NOT NULL,
  published_at VARCHAR NOT NULL,
  load_rows BIGINT NOT NULL,
  table_rows BIGINT NOT NULL,
  write_mode VARCHAR NOT NULL,
  schema_fingerprint VARCHAR NOT NULL,
  position VARCHAR NOT NULL,
  fields VARCHAR NOT NULL,
  parquet VARCHAR,
  previous_folder VARCHAR
)`;

/** Makes the table of records; only a publication does, so that a file that is only read stays as it is. */
export async function createPublications(session: Session, signal: AbortSignal): Promise<void> {
  await session.run(CREATE, signal);
}

export async function readPublications(
  session: Session,
  signal: AbortSignal,
): Promise<readonly Publication[]> {
  const columns = COLUMNS.map((column) => `CAST(${identifier(column)} AS VARCHAR)`).join(', ');
  const rows = await session.texts(`SELECT ${columns} FROM ${TABLE}`, signal);
  return rows.map(toPublication);
}

/** The statements that make `publication` the record of its table. */
export function writePublicationSql(publication: Publication, isFirst: boolean): string {
  const { table, record } = publication;
  const values = [
    text(table.schema ?? 'main'),
    text(table.name),
    text(record.runId),
    String(record.fenceToken),
    String(record.version),
    text(record.publishedAt),
    String(record.rows),
    String(publication.tableRows),
    text(publication.mode),
    text(record.schemaFingerprint),
    text(JSON.stringify(record.position)),
    text(JSON.stringify(publication.fields)),
    publication.parquet === null ? 'NULL' : text(JSON.stringify(publication.parquet)),
    textOrNull(publication.previousFolder),
  ];
  const insert = `INSERT INTO ${TABLE} VALUES (${values.join(', ')})`;
  if (isFirst) return insert;
  return `DELETE FROM ${TABLE} WHERE schema_name = ${values[0]} AND table_name = ${values[1]}; ${insert}`;
}

const COLUMNS = [
  'schema_name',
  'table_name',
  'run_id',
  'fence_token',
  'version',
  'published_at',
  'load_rows',
  'table_rows',
  'write_mode',
  'schema_fingerprint',
  'position',
  'fields',
  'parquet',
  'previous_folder',
] as const;

function toPublication(row: readonly (string | null)[]): Publication {
  const column = (name: (typeof COLUMNS)[number]): string => row[COLUMNS.indexOf(name)] ?? '';
  const parquet = column('parquet');
  const position: SourcePosition = JSON.parse(column('position'));
  const fields: readonly Field[] = JSON.parse(column('fields'));
  const parquetTable: ParquetTable | null = parquet === '' ? null : JSON.parse(parquet);
  return {
    table: { schema: column('schema_name'), name: column('table_name') },
    record: {
      runId: column('run_id'),
      fenceToken: Number(column('fence_token')),
      version: Number(column('version')),
      position,
      publishedAt: column('published_at'),
      rows: Number(column('load_rows')),
      schemaFingerprint: column('schema_fingerprint'),
    },
    mode: toWriteMode(column('write_mode')),
    fields,
    tableRows: Number(column('table_rows')),
    parquet: parquetTable,
    previousFolder: column('previous_folder') || null,
  };
}

function toWriteMode(value: string): WriteMode {
  if (value === 'append' || value === 'merge' || value === 'scd2') return value;
  return 'replace';
}
