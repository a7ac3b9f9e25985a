import type { PublicationRecord, PublishRequest, PublishResult, StagedFile } from '@millrace/connector-sdk';
import { formatTableName, type Field } from '@millrace/spec';

import { toPipelineError } from '../errors.ts';
import { nativeType } from '../types.ts';
import type { CatalogTable } from '../warehouse/catalog.ts';
import { CATALOG, identifier, qualifiedName } from '../warehouse/names.ts';
import { createViewSql } from '../warehouse/parquet-view.ts';
import {
  createPublications,
  writePublicationSql,
  type ParquetTable,
  type Publication,
} from '../warehouse/publication.ts';
import { PassingFiles } from '../warehouse/passing-files.ts';
import type { Session } from '../warehouse/session.ts';
import { placeFiles, removeFilesExcept } from '../warehouse/table-files.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import { addedConstants, addedFields } from './added-fields.ts';
import { appendRows, mergeRows, type RowCounts, type TargetTable } from './change-rows.ts';
import { requireRoom } from './changed-fields.ts';
import { createTable, prepareTable } from './native-table.ts';
import { checkFence, requireOwnTable } from './publish-checks.ts';
import { inspectStaged } from './staged-rows.ts';
import { versionRows } from './version-rows.ts';

/**
 * First loads of fewer rows become views, whatever the mode: a native table costs 10 ms and 256 KiB at the least, a view
 * 3 ms. The first change makes them native, which is quick for a single row group.
 */
const NATIVE_FROM_ROWS = 122_880;

/** Publishes staged files as a table, all of them at hand: see `Destination`. */
export async function publishTable(
  warehouse: Warehouse,
  request: PublishRequest,
  files: readonly StagedFile[],
  signal: AbortSignal,
): Promise<PublishResult> {
  if (!warehouse.isLocked) return publishReadable(warehouse, request, files, signal);
  await using passing = await PassingFiles.open(warehouse.filesRoot);
  const readable = await passing.bringIn(files);
  const deletedKeys = await passing.bringIn(request.deletedKeys());
  return await publishReadable(warehouse, { ...request, deletedKeys: () => deletedKeys }, readable, signal);
}

async function publishReadable(
  warehouse: Warehouse,
  request: PublishRequest,
  files: readonly StagedFile[],
  signal: AbortSignal,
): Promise<PublishResult> {
  return warehouse.exclusively(signal, async (session) => {
    const last = warehouse.catalog.findPublication(request.table);
    const current = warehouse.catalog.find(request.table);
    if (last !== undefined && current !== undefined && last.record.runId === request.runId) {
      return { record: last.record, rowsInserted: 0, rowsUpdated: 0, rowsDeleted: 0, isAdopted: true };
    }
    checkFence(request, last?.record);
    requireOwnTable(request, current);
    const sentRows = files.reduce((sum, file) => sum + file.rows, 0);
    const isView = request.mode === 'replace' || (current === undefined && sentRows < NATIVE_FROM_ROWS);
    if (isView) await warehouse.useOneThread(signal);
    else await warehouse.useAllThreads(signal);
    const stagedRows = await inspectStaged(session, request, files, signal);
    if (!warehouse.catalog.hasPublications) await createPublications(session, signal);

    const version = (last?.record.version ?? 0) + 1;
    const parquet = isView ? await place(warehouse, request, version, files) : null;
    request.checkpoint?.('staged');

    const record: PublicationRecord = {
      runId: request.runId,
      fenceToken: request.fenceToken,
      version,
      position: request.position(),
      publishedAt: new Date().toISOString(),
      rows: stagedRows,
      schemaFingerprint: request.schemaFingerprint,
    };
    const outcome = await session.transaction(
      signal,
      async () => {
        await createSchema(warehouse, request, session, signal);
        const rows =
          parquet === null
            ? await publishStored(
                { session, request, files, stagedRows, signal },
                current?.publication ?? undefined,
              )
            : await publishView(session, request, current, parquet, stagedRows, signal);
        const publication: Publication = {
          table: last?.table ?? { schema: request.table.schema ?? 'main', name: request.table.name },
          record,
          mode: request.mode,
          fields: rows.fields,
          tableRows: rows.tableRows,
          parquet,
          previousFolder: last?.parquet?.folder ?? null,
        };
        await session.run(writePublicationSql(publication, last === undefined), signal);
        request.checkpoint?.('beforeCommit');
        return { publication, counts: rows.counts };
      },
      ({ publication }) => warehouse.catalog.published(toCatalogTable(publication), publication),
    );
    request.checkpoint?.('afterCommit');
    const { publication, counts } = outcome;
    // The rows are in: what cannot be removed now goes with the next publication.
    await removeFilesExcept(warehouse.filesRoot, publication.table, [
      publication.parquet?.folder ?? null,
      publication.previousFolder,
    ]).catch(() => undefined);
    return { record, ...counts, isAdopted: false };
  });
}

interface PublishedRows {
  readonly fields: readonly Field[];
  readonly tableRows: number;
  readonly counts: RowCounts;
}

async function place(
  warehouse: Warehouse,
  request: PublishRequest,
  version: number,
  files: readonly StagedFile[],
): Promise<ParquetTable> {
  try {
    const placed = await placeFiles(warehouse.filesRoot, request.table, version, files);
    return { root: warehouse.filesRoot, ...placed, constants: addedConstants(request) };
  } catch (error) {
    throw toPipelineError(
      error,
      `The files of ${formatTableName(request.table)} cannot be put into ${warehouse.filesRoot}`,
      'destination',
    );
  }
}

async function createSchema(
  warehouse: Warehouse,
  request: PublishRequest,
  session: Session,
  signal: AbortSignal,
): Promise<void> {
  const schema = request.table.schema;
  if (schema === undefined || warehouse.catalog.hasSchema(schema)) return;
  await session.run(`CREATE SCHEMA IF NOT EXISTS ${CATALOG}.${identifier(schema)}`, signal);
}

async function publishView(
  session: Session,
  request: PublishRequest,
  current: CatalogTable | undefined,
  parquet: ParquetTable,
  stagedRows: number,
  signal: AbortSignal,
): Promise<PublishedRows> {
  const fields = [...request.fields, ...addedFields(request)];
  const drop = current?.kind === 'table' ? `DROP TABLE ${qualifiedName(request.table)}; ` : '';
  await session.run(drop + createViewSql(request.table, fields, parquet), signal);
  return {
    fields,
    tableRows: stagedRows,
    counts: { rowsInserted: stagedRows, rowsUpdated: 0, rowsDeleted: 0 },
  };
}

async function publishStored(
  work: Omit<TargetTable, 'fields'>,
  publication: Publication | undefined,
): Promise<PublishedRows> {
  const { session, request, signal } = work;
  let fields: readonly Field[];
  if (publication === undefined) {
    fields = [...request.fields, ...addedFields(request)];
    await createTable(session, request.table, fields, signal);
  } else {
    fields = await prepareTable(session, request, publication, signal);
    requireRoom(request, fields);
  }
  const target = { ...work, fields };
  const counts = await changeRows(target, publication === undefined);
  // Soft deletes keep the row, and scd2 keeps every version.
  const removed = request.mode === 'merge' && request.deletes === 'hard' ? counts.rowsDeleted : 0;
  return { fields, tableRows: (publication?.tableRows ?? 0) + counts.rowsInserted - removed, counts };
}

async function changeRows(target: TargetTable, isFirst: boolean): Promise<RowCounts> {
  const { request } = target;
  if (isFirst) return appendRows(target, addedConstants(request));
  switch (request.mode) {
    case 'replace':
    case 'append':
      return appendRows(target);
    case 'merge':
      return mergeRows(target);
    case 'scd2':
      return versionRows(target);
  }
}

function toCatalogTable(publication: Publication): CatalogTable {
  return {
    table: publication.table,
    kind: publication.parquet === null ? 'table' : 'view',
    columns: publication.fields.map(({ name, type, nullable }) => ({
      name,
      nativeType: nativeType(type),
      isNullable: nullable,
    })),
    key: [],
    estimatedRows: publication.tableRows,
    publication,
  };
}
