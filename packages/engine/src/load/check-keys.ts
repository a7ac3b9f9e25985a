import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { PipelineError, throwIfCancelled, type StagedFile } from '@millrace/connector-sdk';
import { formatTableName, type SourceField } from '@millrace/spec';
import { duckdbDialect, quoteIdentifier, quoteText } from '@millrace/sql';

import { removeFolder } from '../package/package-store.ts';
import { latestByKey } from '../stage/latest-by-key.ts';
import { openStageWriter } from '../stage/stage-writer.ts';
import { StagingDatabase } from '../stage/staging-database.ts';
import type { TableLoad } from './table-load.ts';

const name = (column: string) => quoteIdentifier(duckdbDialect, column);

/**
 * The staged files with each key once. In a full load a key that comes twice is an error, with counts and examples; in
 * a delta the row with the highest cursor value supersedes the others. A NULL in the key is always an error.
 */
export async function uniqueByKey(
  load: TableLoad,
  folder: string,
  files: readonly StagedFile[],
  scratchFolder: string,
  signal: AbortSignal,
): Promise<readonly StagedFile[]> {
  const { task, decision, session } = load;
  if (files.length === 0) return files;
  const database = await session.database();
  const source = StagingDatabase.parquetOf(files.map((file) => file.path));
  const key = task.destination.key.map(name);
  const [counts] = await database.query(
    `SELECT count(*) FILTER (WHERE ${key.map((column) => `${column} IS NULL`).join(' OR ')}) AS nulls, ` +
      `count(*) - (SELECT count(*) FROM (SELECT DISTINCT ${key.join(', ')} FROM ${source})) AS extra FROM ${source}`,
  );
  if (Number(counts?.['nulls']) > 0 && !isReplacedWhole(load))
    throw notUnique(load, `${String(counts?.['nulls'])} rows have NULL in it`);
  if (Number(counts?.['extra']) === 0) return files;
  if (decision.kind === 'full' || decision.kind === 'steps') throw await repeatedKeys(load, database, source);
  throwIfCancelled(signal);
  await mkdir(scratchFolder, { recursive: true });
  const cursor = task.load.kind === 'incremental' ? task.load.cursor : undefined;
  const order = task.columns.find(
    (column) => column.origin.kind === 'source' && column.origin.column === cursor,
  )?.field.name;
  const path = join(scratchFolder, `${database.uniqueName('unique')}.parquet`);
  const latest = latestByKey(
    files.map((file) => file.path),
    task.columns.map((column) => column.field.name),
    task.destination.key,
    order,
  );
  const [copied] = await database.query(
    `COPY (FROM ${latest}) TO ${quoteText(duckdbDialect, path)} (FORMAT parquet)`,
  );
  await removeFolder(folder);
  const writer = await openStageWriter(database, {
    folder,
    columns: task.columns.map(({ field }) => ({ field, origin: { kind: 'source', column: field.name } })),
    fields: task.columns.map(({ field }): SourceField => ({ ...field, nativeType: '' })),
    metadata: { runId: load.runId, loadedAt: load.loadedAt },
    onRejected: (rows) => {
      throw notUnique(load, rows[0]?.reason ?? 'a row was refused');
    },
  });
  await writer.addParquet({ kind: 'parquet', path, rows: Number(copied?.['Count']), isTemporary: true });
  await writer.finish();
  return writer.writtenFiles;
}

/** A table that is swapped for a new one is matched by no key. */
function isReplacedWhole({ decision }: TableLoad): boolean {
  return decision.kind === 'full' && decision.publishMode === 'replace';
}

async function repeatedKeys(
  load: TableLoad,
  database: StagingDatabase,
  source: string,
): Promise<PipelineError> {
  const key = load.task.destination.key.map(name);
  const text = key.map((column) => `CAST(${column} AS VARCHAR)`).join(` || ', ' || `);
  const grouped = `(SELECT ${key.join(', ')}, count(*) AS times FROM ${source} GROUP BY ALL HAVING count(*) > 1)`;
  const [total] = await database.query(`SELECT count(*) AS keys, sum(times)::BIGINT AS rows FROM ${grouped}`);
  const examples = await database.query(
    `SELECT ${text} AS example, times FROM ${grouped} ORDER BY times DESC, example LIMIT 3`,
  );
  const list = examples.map((row) => `(${String(row['example'])}) ${String(row['times'])} times`).join('; ');
  return notUnique(load, `${String(total?.['rows'])} rows share ${String(total?.['keys'])} keys: ${list}`);
}

function notUnique({ task }: TableLoad, reason: string): PipelineError {
  return new PipelineError({
    code: 'keyNotUnique',
    blame: 'config',
    retry: 'never',
    message:
      `The key (${task.destination.key.join(', ')}) of ${formatTableName(task.source.table.table)} does not identify a row: ${reason}. ` +
      'Choose a unique key, or use write: append or replace. Nothing was published.',
  });
}
