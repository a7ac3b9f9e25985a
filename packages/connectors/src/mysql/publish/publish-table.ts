import {
  PipelineError,
  type PublicationRecord,
  type PublishRequest,
  type PublishResult,
  type StagedFile,
} from '@millrace/connector-sdk';
import { type Field, formatTableName } from '@millrace/spec';

import type { MysqlConnection } from '../protocol/connection.ts';
import {
  appendRows,
  mergeRows,
  type RowChange,
  type RowCounts,
  timestamp,
  versionRows,
} from './change-rows.ts';
import { identifier, literal, qualified, type TargetName, type WorkTables, workTables } from './names.ts';
import {
  type CurrentTable,
  ensureStore,
  forgetOtherGenerations,
  generationComment,
  newGeneration,
  type Publication,
  readCurrentTable,
  writePublication,
} from './publication-store.ts';
import { readLoadLimits, stageFile } from './stage-rows.ts';
import { checkFence, lockTable, unlockTable } from './table-lock.ts';
import { addedFields, alterTableSql, changeFields, createTableSql } from './table-definition.ts';

interface Publishing {
  readonly connection: MysqlConnection;
  readonly request: PublishRequest;
  readonly target: TargetName;
  readonly work: WorkTables;
  readonly current: CurrentTable | undefined;
  readonly stagedRows: number;
  readonly hasDeletedKeys: boolean;
  /** The generation of the work table, when that is going to be the table. */
  readonly generation: string;
}

/** Publishes one table over one session. What happens when is in docs/decisions/0003-mysql-atomic-swap.md. */
export async function publishTable(
  connection: MysqlConnection,
  target: TargetName,
  request: PublishRequest,
  files: AsyncIterable<StagedFile>,
  signal: AbortSignal,
): Promise<PublishResult> {
  const work = workTables(target, request.runId, request.fenceToken);
  await ensureStore(connection, target.schema);
  await lockTable(connection, target, work.lock, request);
  try {
    await dropLeftovers(connection, target, work);
    const current = await readCurrentTable(connection, target);
    requireOwnTable(request, current);
    const publishing = await stage({ connection, request, target, work, current }, files, signal);
    request.checkpoint?.('staged');
    await checkFence(connection, target, request, false);
    const adopted = adoptedResult(request, current);
    const isNewTable = current === undefined || request.mode === 'replace';
    const result = adopted ?? (isNewTable ? await swapIn(publishing) : await changeInPlace(publishing));
    await dropLeftovers(connection, target, work);
    return result;
  } finally {
    if (connection.isUsable) {
      await dropLeftovers(connection, target, work);
      await unlockTable(connection, work.lock);
    }
  }
}

function adoptedResult(
  request: PublishRequest,
  current: CurrentTable | undefined,
): PublishResult | undefined {
  const record = current?.publication?.record;
  if (record === undefined || record.runId !== request.runId) return undefined;
  return { record, rowsInserted: 0, rowsUpdated: 0, rowsDeleted: 0, isAdopted: true };
}

function requireOwnTable(request: PublishRequest, current: CurrentTable | undefined): void {
  if (current === undefined) return;
  const name = formatTableName(request.table);
  if (current.publication === null) {
    throw new PipelineError({
      code: 'configInvalid',
      blame: 'config',
      retry: 'never',
      message: `${name} exists and was not made by Millrace. Rename or drop it, or give another destination table.`,
    });
  }
  const isVersioned = current.publication.fields.some(({ name: column }) => column === 'is_current');
  if (isVersioned === (request.mode === 'scd2') || request.mode === 'replace') return;
  throw new PipelineError({
    code: 'schemaDrift',
    blame: 'config',
    retry: 'never',
    message: `${name} ${isVersioned ? 'holds versions of rows (scd2)' : 'does not hold versions of rows'} and cannot go on with write: ${request.mode}. Rebuild it with --full-refresh, or give another destination table.`,
  });
}

/** Loads the files into the work table, which has the shape of the final table when it is going to be it. */
async function stage(
  context: Pick<Publishing, 'connection' | 'request' | 'target' | 'work' | 'current'>,
  files: AsyncIterable<StagedFile>,
  signal: AbortSignal,
): Promise<Publishing> {
  const { connection, request, work, current } = context;
  const generation = newGeneration();
  const isNewTable = current === undefined || request.mode === 'replace';
  const options = { isMariadb: connection.greeting.isMariadb, comment: generationComment(generation) };
  const fields = isNewTable
    ? [...request.fields, ...addedFields(request).map((field) => ({ ...field, nullable: true }))]
    : request.fields;
  await connection.execute(createTableSql(work.staged, fields, request.key, options));
  const limits = await readLoadLimits(connection);
  const shared = { connection, reader: request.reader, limits };
  let stagedRows = 0;
  for await (const file of files) {
    await stageFile({ ...shared, table: work.staged, fields: request.fields }, file, signal);
    stagedRows += file.rows;
  }
  const deleted = isNewTable ? [] : request.deletedKeys();
  if (deleted.length > 0) {
    const keyFields = request.key.flatMap(
      (name) => request.fields.find((field) => field.name === name) ?? [],
    );
    await connection.execute(
      createTableSql(work.deletedKeys, keyFields, request.key, {
        ...options,
        comment: 'Millrace: deleted keys',
      }),
    );
    for (const file of deleted)
      await stageFile({ ...shared, table: work.deletedKeys, fields: keyFields }, file, signal);
  }
  // Without statistics the optimizer takes a table that was just loaded for empty and scans it in joins.
  const loaded = [
    ...(stagedRows > 0 ? [work.staged] : []),
    ...(deleted.length > 0 ? [work.deletedKeys] : []),
  ];
  if (loaded.length > 0) await connection.query(`ANALYZE LOCAL TABLE ${loaded.map(qualified).join(', ')}`);
  return { ...context, stagedRows, generation, hasDeletedKeys: deleted.length > 0 };
}

/** Makes the work table the table. Its record is written before and takes effect with the name, in one RENAME. */
async function swapIn(publishing: Publishing): Promise<PublishResult> {
  const { connection, request, target, work, current, stagedRows, generation } = publishing;
  if (request.mode === 'scd2') await startVersions(publishing);
  const fields = [...request.fields, ...addedFields(request)];
  await writePublication(
    connection,
    target,
    { generation, version: nextVersion(current), rows: stagedRows, fields },
    request,
  );
  request.checkpoint?.('beforeCommit');
  const moveAway = current === undefined ? '' : `${qualified(target)} TO ${qualified(work.replaced)}, `;
  await connection.execute(`RENAME TABLE ${moveAway}${qualified(work.staged)} TO ${qualified(target)}`);
  request.checkpoint?.('afterCommit');
  await forgetOtherGenerations(connection, target, generation);
  return finished(publishing, { rowsInserted: stagedRows, rowsUpdated: 0, rowsDeleted: 0 });
}

async function startVersions({ connection, request, work }: Publishing): Promise<void> {
  const staged = qualified(work.staged);
  await connection.execute(
    `UPDATE ${staged} SET valid_from = ${timestamp(request.loadedAt)}, is_current = 1`,
  );
  await connection.execute(
    `ALTER TABLE ${staged} MODIFY valid_from datetime(6) NOT NULL, MODIFY is_current tinyint(1) NOT NULL`,
  );
}

/** Changes rows of the table and its record in one InnoDB transaction. */
async function changeInPlace(publishing: Publishing): Promise<PublishResult> {
  const { connection, request, target, work, current, stagedRows, hasDeletedKeys } = publishing;
  const publication = requirePublication(current?.publication ?? null);
  const fields = await alterTable(publishing, publication.fields);
  const context: RowChange = { connection, request, target, work, fields, hasDeletedKeys };
  const version = nextVersion(current);
  await connection.execute('START TRANSACTION');
  try {
    await checkFence(connection, target, request, true);
    const counts = await changeRows(context);
    await writePublication(
      connection,
      target,
      { generation: publication.generation, version, rows: stagedRows, fields },
      request,
    );
    request.checkpoint?.('beforeCommit');
    await connection.execute('COMMIT');
    request.checkpoint?.('afterCommit');
    return await finished(publishing, counts);
  } catch (error) {
    if (connection.isUsable) await connection.execute('ROLLBACK');
    throw error;
  }
}

function changeRows(context: RowChange): Promise<RowCounts> {
  switch (context.request.mode) {
    case 'merge':
      return mergeRows(context);
    case 'scd2':
      return versionRows(context);
    default:
      return appendRows(context);
  }
}

async function alterTable(
  { connection, request, target, current }: Publishing,
  before: readonly Field[],
): Promise<readonly Field[]> {
  const changed = changeFields(before, request.changes);
  const added = addedFields(request).filter(({ name }) => !changed.some((field) => field.name === name));
  const after = [...changed, ...added];
  const sql = alterTableSql(target, before, after, current?.columns ?? []);
  if (sql !== undefined) await connection.execute(sql);
  return after;
}

async function finished({ connection, target }: Publishing, counts: RowCounts): Promise<PublishResult> {
  const publication = requirePublication((await readCurrentTable(connection, target))?.publication ?? null);
  return { record: publication.record, ...counts, isAdopted: false };
}

function requirePublication(publication: Publication | null): Publication {
  if (publication !== null) return publication;
  throw new PipelineError({
    code: 'positionLost',
    blame: 'destination',
    retry: 'never',
    message:
      'The table was published, but its record is gone: something outside of Millrace changed the table. Run with --full-refresh.',
  });
}

function nextVersion(current: CurrentTable | undefined): number {
  return ((current?.publication?.record satisfies PublicationRecord | undefined)?.version ?? 0) + 1;
}

/** Removes what this or dead attempts left beside the table; the lock says that none of them is alive. */
async function dropLeftovers(
  connection: MysqlConnection,
  target: TargetName,
  work: WorkTables,
): Promise<void> {
  const rows = await connection.query(
    `SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = ${literal(target.schema)} AND TABLE_NAME LIKE ${literal(work.leftovers)}`,
  );
  const names = rows.flatMap((row) => row[0] ?? []);
  if (names.length === 0) return;
  await connection.execute(
    `DROP TABLE IF EXISTS ${names.map((name) => `${identifier(target.schema)}.${identifier(name)}`).join(', ')}`,
  );
}
