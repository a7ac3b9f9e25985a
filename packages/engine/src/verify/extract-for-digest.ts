import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { PipelineError, type DigestFilter, type Digestible } from '@millrace/connector-sdk';
import { formatTableName } from '@millrace/spec';

import { isKeyed } from '../load/table-load.ts';
import { removeFolder, toFolderName } from '../package/package-store.ts';
import { arrivalFilters } from '../stage/arrival-filter.ts';
import { latestByKey } from '../stage/latest-by-key.ts';
import { openStageWriter } from '../stage/stage-writer.ts';
import { StagingDatabase } from '../stage/staging-database.ts';
import { openStagedDigest } from './staged-digest.ts';
import type { VerifyTaskOptions } from './verify-task-options.ts';

/** The source's rows in files of our own, for sources that cannot compute digests. */
export async function extractForDigest(
  { task, source, session, runId }: VerifyTaskOptions,
  where: DigestFilter | undefined,
  signal: AbortSignal,
): Promise<{ readonly digestible: Digestible; readonly close: () => Promise<void> }> {
  if (where !== undefined) throw cannotBound(task);
  const { table, fields } = task.source;
  const folder = join(session.folders.scratch, toFolderName(runId), 'verify', toFolderName(task.id));
  const scratchFolder = join(folder, 'source');
  await mkdir(scratchFolder, { recursive: true });
  const database = await session.database();
  const columns = task.columns.filter((column) => column.origin.kind === 'source');
  const writer = await openStageWriter(database, {
    folder,
    columns,
    fields,
    metadata: { runId: '', loadedAt: '' },
    arrival: arrivalFilters(task.arrival ?? [], columns, fields),
    // Rows that went to quarantine are not at the destination either.
    onRejected: () => {},
  });
  try {
    for await (const item of source.read(
      { table, fields, cursor: null, position: null, scratchFolder },
      signal,
    )) {
      if (item.kind === 'parquet') await writer.addParquet(item);
      else await writer.append(item);
    }
    await writer.finish();
  } catch (error) {
    await writer.abort(error);
    await removeFolder(folder);
    throw error;
  }
  const files = writer.writtenFiles;
  // Each file was loaded over the ones before it; a table by key has the last version of a row only.
  const relation =
    task.load.kind === 'newFiles' && isKeyed(task)
      ? latestByKey(
          files.map((file) => file.path),
          columns.map((column) => column.field.name),
          task.destination.key,
        )
      : StagingDatabase.parquetOf(files.map((file) => file.path));
  const rows = files.length === 0 ? undefined : relation;
  return { digestible: openStagedDigest(database, rows), close: () => removeFolder(folder) };
}

function cannotBound({ source, arrival }: VerifyTaskOptions['task']): PipelineError {
  const why =
    arrival === undefined
      ? 'its source computes no digests, and its rows change while they are read'
      : 'its contract leaves values of the source out, and its rows change while they are read. Let the contract take them in, or load the table in full';
  return new PipelineError({
    code: 'configInvalid',
    blame: 'config',
    retry: 'never',
    message: `${formatTableName(source.table.table)} cannot be verified: ${why}.`,
  });
}
