import { randomUUID } from 'node:crypto';

import {
  PipelineError,
  type PublicationRecord,
  type PublishRequest,
  type PublishResult,
  type StagedPart,
} from '@millrace/connector-sdk';
import { formatTableName } from '@millrace/spec';

import type { Session } from '../session/session.ts';
import { readPublication, type SavedPublication, throwIfFenced, writePublication } from './bookkeeping.ts';
import {
  addedDefinitions,
  addedFields,
  applyChanges,
  createKeyIndex,
  dropDefaults,
  reshape,
} from './change-table.ts';
import { insertRows, mergeRows } from './merge-rows.ts';
import {
  columnDefinitions,
  createTemporary,
  execute,
  keyFields,
  loadFiles,
  type LoadTarget,
  type Publication,
  type RowCounts,
} from './publication.ts';
import { swapTable } from './replace-table.ts';
import { findTarget, sqlTable, type TargetTable } from './target-table.ts';
import { versionRows } from './version-rows.ts';

/**
 * Publishes in one transaction that begins before the first staged file and ends with the commit. So nothing is
 * visible before, a failure or a death at any point leaves nothing behind, and the rows of a new table can be
 * written frozen: a reader whose snapshot is older than the swap still finds them.
 */
export async function publishTable(
  session: Session,
  request: PublishRequest,
  files: AsyncIterable<StagedPart>,
  signal: AbortSignal,
): Promise<PublishResult> {
  const publication: Publication = {
    request,
    session,
    signal,
    subject: `Publishing ${formatTableName(request.table)}`,
  };
  await session.run('BEGIN ISOLATION LEVEL READ COMMITTED', publication.subject, signal);
  try {
    const result = await publishInTransaction(publication, files);
    if (result.isAdopted) {
      await session.run('ROLLBACK', publication.subject, signal);
      return result;
    }
    request.checkpoint?.('beforeCommit');
    await session.run('COMMIT', publication.subject, signal);
    request.checkpoint?.('afterCommit');
    return result;
  } catch (error) {
    // Ends the transaction, whatever state the connection is in.
    session.abandon();
    throw error;
  }
}

async function publishInTransaction(
  publication: Publication,
  files: AsyncIterable<StagedPart>,
): Promise<PublishResult> {
  const { request, session, signal } = publication;
  const target = await findTarget(session, request.table, signal);
  const early = await readPublication(session, request.table, false, signal);
  throwIfFenced(request, early);
  const isPublished = isPublishedAlready(request, early, target);
  const strategy = strategyFor(request, target);
  const staged = isPublished ? undefined : await stageTable(publication, strategy);
  const rows =
    staged === undefined ? await drain(files) : await loadFiles(publication, staged, request.fields, files);
  request.checkpoint?.('staged');

  const saved = await readPublication(session, request.table, true, signal);
  throwIfFenced(request, saved);
  const current = await findTarget(session, request.table, signal);
  if (saved !== undefined && isPublishedAlready(request, saved, current)) return adopted(saved.record);
  if (staged === undefined || current?.oid !== target?.oid) throw changedMeanwhile(request);

  const counts = await applyRows(publication, strategy, staged.table, current, rows);
  const fields = [...request.fields, ...addedFields(publication)];
  const record = await writePublication(
    session,
    request,
    fields,
    (saved?.record.version ?? 0) + 1,
    rows,
    signal,
  );
  return { record, ...counts, isAdopted: false };
}

/**
 * `swap`: the rows are loaded into a new table that takes the place of the old one, if there is one. `direct`: into
 * the table itself. `merge`: into a temporary table first.
 */
type Strategy = 'swap' | 'direct' | 'merge';

function strategyFor(request: PublishRequest, target: TargetTable | undefined): Strategy {
  if (target === undefined) return 'swap';
  if (request.mode === 'replace') return target.attachments.length === 0 ? 'swap' : 'merge';
  return request.mode === 'append' && request.changes.length === 0 ? 'direct' : 'merge';
}

async function stageTable(publication: Publication, strategy: Strategy): Promise<LoadTarget> {
  const { request } = publication;
  if (strategy === 'direct') {
    return { table: sqlTable(request.table), isFrozen: false, isOurs: false };
  }
  if (strategy === 'merge') {
    const table = await createTemporary(publication, '_millrace_staged', request.fields);
    return { table, isFrozen: false, isOurs: true };
  }
  const name = `_millrace_${randomUUID()}`;
  const table = sqlTable({ ...request.table, name });
  const columns = [columnDefinitions(request.fields), ...addedDefinitions(publication)]
    .filter((text) => text !== '')
    .join(', ');
  await execute(publication, `CREATE TABLE ${table} (${columns})`);
  return { table, isFrozen: true, isOurs: true };
}

async function applyRows(
  publication: Publication,
  strategy: Strategy,
  staged: string,
  target: TargetTable | undefined,
  rows: number,
): Promise<RowCounts> {
  const { request } = publication;
  const all: RowCounts = { rowsInserted: rows, rowsUpdated: 0, rowsDeleted: 0 };
  const isKeyed = request.mode === 'merge' || request.mode === 'scd2';
  if (strategy === 'direct') return all;
  if (strategy === 'swap') {
    await dropDefaults(publication, staged);
    // The old table's index has the name until the swap.
    await swapTable(publication, staged, target);
    if (isKeyed || target?.hasKeyIndex === true) await createKeyIndex(publication, sqlTable(request.table));
    return all;
  }
  if (target === undefined) throw changedMeanwhile(request);
  await execute(publication, `ANALYZE ${staged}`);
  if (request.mode === 'replace') {
    // A reader of the table in place sees the old rows until the commit; emptying it by TRUNCATE would not wait for that.
    const rowsDeleted = await execute(publication, `DELETE FROM ${sqlTable(request.table)}`);
    await reshape(publication, target);
    return { rowsInserted: await insertRows(publication, staged), rowsUpdated: 0, rowsDeleted };
  }
  await applyChanges(publication, target);
  if (request.mode === 'append') return { ...all, rowsInserted: await insertRows(publication, staged) };
  keyFields(request);
  if (!target.hasKeyIndex) await createKeyIndex(publication, sqlTable(request.table));
  return request.mode === 'merge' ? mergeRows(publication, staged) : versionRows(publication, staged);
}

/** A run that was published already still waits for its files, so that their failure is not hidden. */
async function drain(files: AsyncIterable<StagedPart>): Promise<number> {
  let rows = 0;
  for await (const file of files) rows += file.rows;
  return rows;
}

function isPublishedAlready(
  request: PublishRequest,
  saved: SavedPublication | undefined,
  target: TargetTable | undefined,
): boolean {
  return target !== undefined && saved?.record.runId === request.runId;
}

function adopted(record: PublicationRecord): PublishResult {
  return { record, rowsInserted: 0, rowsUpdated: 0, rowsDeleted: 0, isAdopted: true };
}

function changedMeanwhile(request: PublishRequest): PipelineError {
  return new PipelineError({
    code: 'queryFailed',
    blame: 'destination',
    retry: 'backoff',
    message: `${formatTableName(request.table)} was made, dropped or replaced by somebody else during the load. Nothing was published; it is tried again.`,
  });
}
