import { PipelineError, throwIfCancelled, type CursorEvidence, type Source } from '@millrace/connector-sdk';
import { formatTableName, type SourceTable } from '@millrace/spec';

import type { DuckdbConfig } from './config.ts';
import { digestRowsOfTable, digestTable } from './digest/digest-table.ts';
import { discoverTables } from './read/discover-tables.ts';
import { planRead, readTable } from './read/read-table.ts';
import { identifier, qualifiedName } from './warehouse/names.ts';
import { openWarehouse } from './warehouse/open-warehouse.ts';
import { PassingFiles } from './warehouse/passing-files.ts';
import type { Session } from './warehouse/session.ts';

const INSPECTED_ROWS = 20_000;

/** Opens an existing file for reading. Only the main thread of a process can. */
export async function openDuckdbSource(config: DuckdbConfig, signal: AbortSignal): Promise<Source> {
  const lease = await openWarehouse(config, { blame: 'source', isCreated: false }, signal);
  const { warehouse } = lease;
  return {
    check: (abort) => warehouse.identity(abort),
    async discover(request, abort) {
      throwIfCancelled(abort);
      return discoverTables(warehouse.catalog, request);
    },
    async *read(request, abort) {
      requireTable(request.table);
      using session = await warehouse.session('source', abort);
      if (!warehouse.isLocked) return yield* readTable(session, request, abort);
      await using passing = await PassingFiles.open(warehouse.filesRoot);
      return yield* readTable(session, request, abort, passing);
    },
    describeRead: async (request) => planRead(request).statement,
    async inspectCursor(table, column, abort) {
      using session = await warehouse.session('source', abort);
      return await inspectCursor(session, table, column, abort);
    },
    async digest(request, abort) {
      using session = await warehouse.session('source', abort);
      return await digestTable(session, request, abort);
    },
    async *digestRows(request, inBuckets, abort) {
      using session = await warehouse.session('source', abort);
      yield* digestRowsOfTable(session, request, inBuckets, abort);
    },
    async [Symbol.asyncDispose]() {
      lease[Symbol.dispose]();
    },
  };

  function requireTable({ table }: SourceTable): void {
    if (warehouse.catalog.find(table) !== undefined) return;
    throw new PipelineError({
      code: 'tableMissing',
      blame: 'source',
      retry: 'never',
      message: `${formatTableName(table)} is no longer in ${config.path}. Plan again, or restore the table.`,
    });
  }
}

/** Exact for tables, whose columns are counted quickly; a view may be any query, so it is sampled. */
async function inspectCursor(
  session: Session,
  { table, kind, estimatedRows }: SourceTable,
  column: string,
  signal: AbortSignal,
): Promise<CursorEvidence> {
  const limit = kind === 'view' ? ` LIMIT ${INSPECTED_ROWS}` : '';
  const [row] = await session.texts(
    `SELECT CAST(count(*) AS VARCHAR), CAST(count(*) - count(v) AS VARCHAR) FROM (SELECT ${identifier(column)} AS v FROM ${qualifiedName(table)}${limit})`,
    signal,
  );
  return { sampledRows: Number(row?.[0]), nullCount: Number(row?.[1]), isIndexed: true, estimatedRows };
}
