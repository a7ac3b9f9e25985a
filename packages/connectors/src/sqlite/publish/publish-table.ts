import type { DatabaseSync } from 'node:sqlite';

import {
  PipelineError,
  throwIfCancelled,
  type PublicationRecord,
  type PublishRequest,
  type PublishResult,
  type StagedFile,
} from '@millrace/connector-sdk';
import { DELETED_AT_FIELD, formatTableName, SCD2_FIELDS, type Field } from '@millrace/spec';

import { quote } from '../quote.ts';
import { insertFirstVersions, insertRows, mergeRows, versionRows, type RowCounts } from './apply-rows.ts';
import { readPublication, throwIfFenced, writePublication, type Publication } from './publications.ts';
import { createStaging, DELETED, STAGED, stageFile } from './stage-rows.ts';
import { changeTable, createTable, swapTable, tableExists } from './table-shape.ts';

/**
 * Loads the files into temporary tables while they still come, then does everything else in one transaction that
 * never waits: fence, adoption, shape, rows and record.
 */
export async function publishTable(
  database: DatabaseSync,
  request: PublishRequest,
  files: AsyncIterable<StagedFile>,
  signal: AbortSignal,
): Promise<PublishResult> {
  throwIfFenced(request, readPublication(database, request.table.name));
  try {
    createStaging(database, STAGED, request.fields);
    let rows = 0;
    for await (const file of files) {
      rows += file.rows;
      await stageFile(database, STAGED, request.fields, file, request, signal);
    }
    const deleted = request.deletedKeys();
    const keyFields = request.key.map((name) => requireKeyField(request, name));
    if (deleted.length > 0) createStaging(database, DELETED, keyFields);
    for (const file of deleted) await stageFile(database, DELETED, keyFields, file, request, signal);
    throwIfCancelled(signal);
    request.checkpoint?.('staged');
    return publishStaged(database, request, rows, deleted.length > 0);
  } finally {
    database.exec(`DROP TABLE IF EXISTS ${STAGED}; DROP TABLE IF EXISTS ${DELETED}`);
  }
}

function publishStaged(
  database: DatabaseSync,
  request: PublishRequest,
  rows: number,
  hasDeletedKeys: boolean,
): PublishResult {
  database.exec('BEGIN IMMEDIATE');
  try {
    const { name } = request.table;
    const before = readPublication(database, name);
    throwIfFenced(request, before);
    if (before?.record.runId === request.runId) {
      database.exec('ROLLBACK');
      return { record: before.record, rowsInserted: 0, rowsUpdated: 0, rowsDeleted: 0, isAdopted: true };
    }
    requireOwnTable(database, request, before);
    const { fields, counts } = applyRows(database, request, before, hasDeletedKeys);
    const record: PublicationRecord = {
      runId: request.runId,
      fenceToken: request.fenceToken,
      version: (before?.record.version ?? 0) + 1,
      position: request.position(),
      publishedAt: new Date().toISOString(),
      rows,
      schemaFingerprint: request.schemaFingerprint,
    };
    writePublication(database, name, { record, fields });
    request.checkpoint?.('beforeCommit');
    database.exec('COMMIT');
    request.checkpoint?.('afterCommit');
    return { record, ...counts, isAdopted: false };
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

interface Applied {
  readonly fields: readonly Field[];
  readonly counts: RowCounts;
}

function applyRows(
  database: DatabaseSync,
  request: PublishRequest,
  before: Publication | undefined,
  hasDeletedKeys: boolean,
): Applied {
  const { name } = request.table;
  const isNew = before === undefined || !tableExists(database, name);
  if (isNew || request.mode === 'replace') {
    const fields = [...request.fields, ...addedFields(request)];
    const fill = (table: string): number =>
      request.mode === 'scd2'
        ? insertFirstVersions(database, request, table)
        : insertRows(database, table, request.fields);
    let rowsInserted = 0;
    if (isNew) {
      createTable(database, name, fields);
      rowsInserted = fill(name);
    } else {
      swapTable(database, name, fields, (successor) => {
        rowsInserted = fill(successor);
      });
    }
    createKeyIndex(database, request);
    return { fields, counts: { rowsInserted, rowsUpdated: 0, rowsDeleted: 0 } };
  }
  const lacking = addedFields(request).filter(
    (field) => !before.fields.some((present) => present.name === field.name),
  );
  const additions = lacking.map((field) => ({ kind: 'addColumn' as const, field }));
  const fields = changeTable(database, name, before.fields, [...request.changes, ...additions]);
  createKeyIndex(database, request);
  switch (request.mode) {
    case 'append':
      return {
        fields,
        counts: { rowsInserted: insertRows(database, name, request.fields), rowsUpdated: 0, rowsDeleted: 0 },
      };
    case 'merge':
      return { fields, counts: mergeRows(database, request, hasDeletedKeys) };
    case 'scd2':
      return { fields, counts: versionRows(database, request, hasDeletedKeys) };
  }
}

/** Columns that the write mode adds to those of the source. */
function addedFields(request: PublishRequest): readonly Field[] {
  if (request.mode === 'scd2') return SCD2_FIELDS;
  return request.mode === 'merge' && request.deletes === 'soft' ? [DELETED_AT_FIELD] : [];
}

/** Merges find rows by key; a key that is there twice in the staged rows must not pass. */
function createKeyIndex(database: DatabaseSync, request: PublishRequest): void {
  if (request.mode !== 'merge' && request.mode !== 'scd2') return;
  const index = quote(`_millrace_key_${request.table.name}`);
  const unique = request.mode === 'merge' ? 'UNIQUE ' : '';
  database.exec(
    `CREATE ${unique}INDEX IF NOT EXISTS ${index} ON ${quote(request.table.name)} (${request.key.map(quote).join(', ')})`,
  );
}

function requireOwnTable(
  database: DatabaseSync,
  request: PublishRequest,
  before: Publication | undefined,
): void {
  const name = formatTableName(request.table);
  if (before === undefined) {
    if (!tableExists(database, request.table.name)) return;
    throw new PipelineError({
      code: 'configInvalid',
      blame: 'config',
      retry: 'never',
      message: `${name} exists and was not made by Millrace. Rename or drop it, or give another destination table.`,
    });
  }
  const isVersioned = before.fields.some((field) => field.name === 'is_current');
  if (request.mode === 'replace' || isVersioned === (request.mode === 'scd2')) return;
  throw new PipelineError({
    code: 'schemaDrift',
    blame: 'config',
    retry: 'never',
    message: `${name} ${isVersioned ? 'holds versions of rows (scd2)' : 'does not hold versions of rows'} and cannot go on with write: ${request.mode}. Rebuild it with --full-refresh, or give another destination table.`,
  });
}

function requireKeyField(request: PublishRequest, name: string): Field {
  const field = request.fields.find((candidate) => candidate.name === name);
  if (field !== undefined) return field;
  throw new PipelineError({
    code: 'configInvalid',
    blame: 'config',
    retry: 'never',
    message: `${formatTableName(request.table)} has no column ${name} to be part of its key.`,
  });
}
