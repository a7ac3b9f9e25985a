import {
  PipelineError,
  type PublishRequest,
  type StagedFile,
  type StagedPart,
} from '@millrace/connector-sdk';
import { formatTableName, type Field } from '@millrace/spec';
import { postgresDialect, quoteText } from '@millrace/sql';

import { copyIn } from '../copy-in/copy-in-writer.ts';
import { filesAhead, type OpenedFile } from '../copy-in/files-ahead.ts';
import { BINARY_OPTIONS, binaryCopy } from '../copy-in/binary-encoder.ts';
import { STAGED_FORMAT, STAGED_OPTIONS, stagedText } from '../copy-in/staged-text.ts';
import type { Session } from '../session/session.ts';
import { destinationType } from '../types.ts';
import { locateRejectedValue } from './rejected-value.ts';
import { sqlName, sqlNames } from './target-table.ts';

/** One publish in work: its request, its session with the open transaction, its words for errors. */
export interface Publication {
  readonly request: PublishRequest;
  readonly session: Session;
  readonly subject: string;
  readonly signal: AbortSignal;
}

export interface RowCounts {
  readonly rowsInserted: number;
  readonly rowsUpdated: number;
  readonly rowsDeleted: number;
}

export async function execute(publication: Publication, sql: string): Promise<number> {
  return publication.session.execute(sql, publication.subject, publication.signal);
}

/** The table that staged rows are loaded into. */
export interface LoadTarget {
  /** As SQL. */
  readonly table: string;
  /** True when its rows can be written frozen, because the transaction made it for good. */
  readonly isFrozen: boolean;
  /** True when the transaction made it, so that its columns have the types that values in binary form need. */
  readonly isOurs: boolean;
}

/** Loads staged files one after the other into a table, checks that every row arrived, and returns their number. */
export async function loadFiles(
  publication: Publication,
  target: LoadTarget,
  fields: readonly Field[],
  files: AsyncIterable<StagedPart>,
): Promise<number> {
  const { request, signal } = publication;
  const select = fields.map(stagedText);
  const open = (part: StagedPart) =>
    part.encoded !== undefined && target.isOurs
      ? { options: BINARY_OPTIONS, chunks: binaryCopy(part.encoded) }
      : { options: STAGED_OPTIONS, chunks: request.reader.delimited(part, select, STAGED_FORMAT, signal) };
  let rows = 0;
  for await (const opened of filesAhead(files, open)) {
    await loadFile(publication, target, fields, opened);
    rows += opened.file.rows;
  }
  return rows;
}

async function loadFile(
  publication: Publication,
  { table, isFrozen }: LoadTarget,
  fields: readonly Field[],
  { file, options, chunks }: OpenedFile,
): Promise<void> {
  const { session, subject, signal } = publication;
  const statement = `COPY ${table} (${sqlNames(fields)}) FROM STDIN (${options}${isFrozen ? ', FREEZE' : ''})`;
  const rows = await copyIn(session, statement, chunks, 'destination', subject, signal).catch(
    async (error: unknown) => {
      throw error instanceof PipelineError
        ? await locateRejectedValue(publication, fields, file, error)
        : error;
    },
  );
  if (rows === file.rows) return;
  throw new PipelineError({
    code: 'rowCountMismatch',
    blame: 'destination',
    retry: 'backoff',
    message: `${subject} failed: ${file.path} has ${file.rows} rows, but PostgreSQL took ${rows}. Nothing was published; it is tried again.`,
  });
}

/** Column definitions for CREATE TABLE. */
export function columnDefinitions(fields: readonly Field[]): string {
  return fields
    .map(
      (field) =>
        `${sqlName(field.name)} ${destinationType(field.type).native}${field.nullable ? '' : ' NOT NULL'}`,
    )
    .join(', ');
}

/** A temporary table of the transaction for rows that are then merged; it costs no log. */
export async function createTemporary(
  publication: Publication,
  name: string,
  fields: readonly Field[],
): Promise<string> {
  const nullable = fields.map((field) => ({ ...field, nullable: true }));
  const table = `pg_temp.${sqlName(name)}`;
  await execute(
    publication,
    `CREATE TEMPORARY TABLE ${sqlName(name)} (${columnDefinitions(nullable)}) ON COMMIT DROP`,
  );
  return table;
}

/** The key columns of rows that are gone at the source, as a temporary table; undefined when there are none. */
export async function loadDeletedKeys(publication: Publication): Promise<string | undefined> {
  const { request } = publication;
  const files = request.deletedKeys();
  if (files.length === 0) return undefined;
  const fields = keyFields(request);
  const table = await createTemporary(publication, '_millrace_deleted', fields);
  await loadFiles(publication, { table, isFrozen: false, isOurs: true }, fields, listed(files));
  await execute(publication, `ANALYZE ${table}`);
  return table;
}

async function* listed(files: readonly StagedFile[]): AsyncGenerator<StagedFile, void, undefined> {
  yield* files;
}

export function keyFields(request: PublishRequest): readonly Field[] {
  if (request.key.length === 0) {
    throw new PipelineError({
      code: 'configInvalid',
      blame: 'config',
      retry: 'never',
      message: `${formatTableName(request.table)} cannot be written with ${request.mode}: it has no key. Give the step a key, or use write: replace or append.`,
    });
  }
  return request.key.map((name) => {
    const field = request.fields.find((each) => each.name === name);
    if (field !== undefined) return field;
    throw new PipelineError({
      code: 'configInvalid',
      blame: 'config',
      retry: 'never',
      message: `${formatTableName(request.table)} has no column ${name} to be part of its key.`,
    });
  });
}

/** Equality of the keys of two rows; a key that may be NULL is compared as a value too. */
export function sameKey(request: PublishRequest, left: string, right: string): string {
  return keyFields(request)
    .map((field) => {
      const name = sqlName(field.name);
      const [a, b] = [comparable(`${left}.${name}`, field), comparable(`${right}.${name}`, field)];
      return field.nullable ? `${a} IS NOT DISTINCT FROM ${b}` : `${a} = ${b}`;
    })
    .join(' AND ');
}

/** PostgreSQL has no equality for json, only for its text. */
export function comparable(column: string, field: Field): string {
  return field.type.kind === 'json' ? `${column}::text` : column;
}

export function loadedAt(request: PublishRequest): string {
  return `${quoteText(postgresDialect, request.loadedAt)}::timestamptz`;
}
