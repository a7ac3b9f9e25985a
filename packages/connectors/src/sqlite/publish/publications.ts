import type { DatabaseSync } from 'node:sqlite';

import { PipelineError, type PublicationRecord, type PublishRequest } from '@millrace/connector-sdk';
import { formatTableName, type Field } from '@millrace/spec';
import { z } from 'zod';

import { queryRows } from '../database.ts';

export const PUBLICATIONS = '_millrace_publications';

const CREATE = `CREATE TABLE IF NOT EXISTS ${PUBLICATIONS} (
  table_name TEXT COLLATE NOCASE PRIMARY KEY NOT NULL,
  run_id TEXT NOT NULL,
  fence_token INTEGER NOT NULL,
  version INTEGER NOT NULL,
  position TEXT NOT NULL,
  published_at TEXT NOT NULL,
  row_count INTEGER NOT NULL,
  schema_fingerprint TEXT NOT NULL,
  fields TEXT NOT NULL
) WITHOUT ROWID`;

export interface Publication {
  readonly record: PublicationRecord;
  /** Columns of the table as they were published, in order: SQLite's own declarations say less. */
  readonly fields: readonly Field[];
}

const position = z.record(z.string(), z.unknown());
const fields = z.array(
  z.custom<Field>(
    (value) => typeof value === 'object' && value !== null && 'name' in value && 'type' in value,
  ),
);

export function readPublication(database: DatabaseSync, table: string): Publication | undefined {
  const exists = queryRows(database, 'SELECT 1 FROM sqlite_schema WHERE name = ?', PUBLICATIONS).length > 0;
  if (!exists) return undefined;
  const [row] = queryRows(
    database,
    `SELECT run_id, fence_token, version, position, published_at, row_count, schema_fingerprint, fields FROM ${PUBLICATIONS} WHERE table_name = ?`,
    table,
  );
  if (row === undefined) return undefined;
  return {
    record: {
      runId: String(row[0]),
      fenceToken: Number(row[1]),
      version: Number(row[2]),
      position: position.parse(JSON.parse(String(row[3]))),
      publishedAt: String(row[4]),
      rows: Number(row[5]),
      schemaFingerprint: String(row[6]),
    },
    fields: fields.parse(JSON.parse(String(row[7]))),
  };
}

/** Writes the record in the transaction of the rows. */
export function writePublication(database: DatabaseSync, table: string, publication: Publication): void {
  const { record } = publication;
  database.exec(CREATE);
  database
    .prepare(`INSERT OR REPLACE INTO ${PUBLICATIONS} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`)
    .run(
      table,
      record.runId,
      record.fenceToken,
      record.version,
      JSON.stringify(record.position),
      record.publishedAt,
      record.rows,
      record.schemaFingerprint,
      JSON.stringify(publication.fields),
    );
}

/** A run that lost its lease to a later one publishes nothing. */
export function throwIfFenced(request: PublishRequest, publication: Publication | undefined): void {
  if (publication === undefined || publication.record.fenceToken <= request.fenceToken) return;
  throw new PipelineError({
    code: 'fenced',
    blame: 'platform',
    retry: 'never',
    message: `${formatTableName(request.table)} was published under lease ${publication.record.fenceToken} after this run got lease ${request.fenceToken}. This run has lost its lease and publishes nothing.`,
  });
}
