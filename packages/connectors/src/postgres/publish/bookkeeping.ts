import {
  PipelineError,
  type PublicationRecord,
  type PublishRequest,
  type SourcePosition,
} from '@millrace/connector-sdk';
import { type Field, formatTableName, type TableName } from '@millrace/spec';

import { OWN_SCHEMA } from '../catalog/catalog-queries.ts';
import type { Session, TextRow } from '../session/session.ts';

const TABLE = `"${OWN_SCHEMA}".publications`;

/** Any number; the same for everyone who makes the bookkeeping. */
const CREATION_LOCK = 7_461_872_601;

const CREATE = `BEGIN; SELECT pg_advisory_xact_lock(${CREATION_LOCK});
CREATE SCHEMA IF NOT EXISTS "${OWN_SCHEMA}";
CREATE TABLE IF NOT EXISTS ${TABLE} (
  table_schema text NOT NULL,
  table_name text NOT NULL,
  run_id text NOT NULL,
  fence_token bigint NOT NULL,
  version bigint NOT NULL,
  source_position json NOT NULL,
  published_at timestamptz NOT NULL,
  row_count bigint NOT NULL,
  schema_fingerprint text NOT NULL,
  fields json NOT NULL,
  PRIMARY KEY (table_schema, table_name)
); COMMIT`;

const COLUMNS = `run_id, fence_token, version, source_position, to_char(published_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), row_count, schema_fingerprint, fields`;

export interface SavedPublication {
  readonly record: PublicationRecord;
  /** As they were published, for types that PostgreSQL has no type of its own for. */
  readonly fields: readonly Field[];
}

export async function hasBookkeeping(session: Session, signal: AbortSignal): Promise<boolean> {
  const rows = await session.query(`SELECT to_regclass('${TABLE}')`, 'Looking for the bookkeeping', signal);
  return rows[0]?.[0] !== null;
}

/** Makes what is missing, in a transaction of its own that concurrent publishers wait for. */
export async function createBookkeeping(session: Session, signal: AbortSignal): Promise<void> {
  if (!(await hasBookkeeping(session, signal)))
    await session.run(CREATE, `Making the schema ${OWN_SCHEMA}`, signal);
}

export async function readPublications(
  session: Session,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, SavedPublication>> {
  const rows = await session.query(
    `SELECT table_schema, table_name, ${COLUMNS} FROM ${TABLE}`,
    'Reading the publications',
    signal,
  );
  return new Map(
    rows.map(([schema, name, ...rest]) => [
      publicationKey({ schema: schema ?? '', name: name ?? '' }),
      toSaved(rest),
    ]),
  );
}

export function publicationKey(table: TableName): string {
  return JSON.stringify([table.schema, table.name]);
}

/** Longer than any pause between two statements of ours once the rows are at the server. */
const LONGEST_PAUSE = '60s';

/**
 * The record as of now; with `isLocked`, nobody else publishes the table until this transaction ends. The server ends
 * it if nothing more is heard from us, so that a machine that vanished does not hold the lock.
 */
export async function readPublication(
  session: Session,
  table: TableName,
  isLocked: boolean,
  signal: AbortSignal,
): Promise<SavedPublication | undefined> {
  const subject = `Publishing ${formatTableName(table)}`;
  const names = [table.schema ?? '', table.name];
  if (isLocked)
    await session.query(
      `SELECT pg_advisory_xact_lock(hashtextextended($1 || chr(1) || $2, 0)), set_config('idle_in_transaction_session_timeout', '${LONGEST_PAUSE}', true)`,
      subject,
      signal,
      names,
    );
  const sql = `SELECT ${COLUMNS} FROM ${TABLE} WHERE table_schema = $1 AND table_name = $2${isLocked ? ' FOR UPDATE' : ''}`;
  const [row] = await session.query(sql, subject, signal, names);
  return row === undefined ? undefined : toSaved(row);
}

/** Writes the record in the transaction of the rows. */
export async function writePublication(
  session: Session,
  request: PublishRequest,
  fields: readonly Field[],
  version: number,
  rows: number,
  signal: AbortSignal,
): Promise<PublicationRecord> {
  const sql = `INSERT INTO ${TABLE} AS p VALUES ($1, $2, $3, $4, $5, $6, clock_timestamp(), $7, $8, $9)
ON CONFLICT (table_schema, table_name) DO UPDATE SET run_id = excluded.run_id, fence_token = excluded.fence_token, version = excluded.version,
  source_position = excluded.source_position, published_at = excluded.published_at, row_count = excluded.row_count,
  schema_fingerprint = excluded.schema_fingerprint, fields = excluded.fields
RETURNING ${COLUMNS}`;
  const values = [
    request.table.schema ?? '',
    request.table.name,
    request.runId,
    String(request.fenceToken),
    String(version),
    JSON.stringify(request.position()),
    String(rows),
    request.schemaFingerprint,
    JSON.stringify(fields),
  ];
  const [row] = await session.query(sql, `Publishing ${formatTableName(request.table)}`, signal, values);
  return toSaved(row ?? []).record;
}

export function throwIfFenced(request: PublishRequest, saved: SavedPublication | undefined): void {
  if (saved === undefined || saved.record.fenceToken <= request.fenceToken) return;
  throw new PipelineError({
    code: 'fenced',
    blame: 'platform',
    retry: 'never',
    message: `${formatTableName(request.table)} was published under lease ${saved.record.fenceToken} after this run got lease ${request.fenceToken}. This run has lost its lease and publishes nothing.`,
  });
}

function toSaved(row: TextRow): SavedPublication {
  const [runId, fenceToken, version, position, publishedAt, rows, schemaFingerprint, fields] = row;
  return {
    record: {
      runId: runId ?? '',
      fenceToken: Number(fenceToken),
      version: Number(version),
      position: JSON.parse(position ?? '{}') as SourcePosition,
      publishedAt: publishedAt ?? '',
      rows: Number(rows),
      schemaFingerprint: schemaFingerprint ?? '',
    },
    fields: JSON.parse(fields ?? '[]') as Field[],
  };
}
