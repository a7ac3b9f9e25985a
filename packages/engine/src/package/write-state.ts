import { copyFile, mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';

import type { LoadTask } from '@millrace/compiler';
import { throwIfCancelled } from '@millrace/connector-sdk';
import type { SourceField } from '@millrace/spec';
import { duckdbDialect, quoteText } from '@millrace/sql';

import { writeManifest, type Manifest } from '../stage/manifest.ts';
import { openStageWriter } from '../stage/stage-writer.ts';
import type { StagingDatabase } from '../stage/staging-database.ts';
import { removeFolder, type LoadPackage } from './package-store.ts';
import { tableState } from './table-state-sql.ts';

export interface WriteStateOptions {
  readonly database: StagingDatabase;
  readonly task: LoadTask;
  /** Oldest first, the first one full; the state is that of the last. */
  readonly packages: readonly LoadPackage[];
  readonly folder: string;
  readonly scratchFolder: string;
  /** What the manifest says beside its rows; position, source and schema are those of the last package. */
  readonly as: Pick<Manifest, 'runId' | 'attempt' | 'createdAt' | 'previousRunId'>;
}

/** Writes the state of a table as one full package, from packages alone. */
export async function writeState(options: WriteStateOptions, signal: AbortSignal): Promise<LoadPackage> {
  const { database, task, packages, folder, scratchFolder, as } = options;
  const last = packages.at(-1);
  if (last === undefined) throw new RangeError('A state has at least one package.');
  const { fields, sql } = tableState(task, packages);
  await removeFolder(folder);
  await mkdir(scratchFolder, { recursive: true });
  const path = join(scratchFolder, `${database.uniqueName('state')}.parquet`);
  try {
    const [copied] = await database.query(
      `COPY (${sql}) TO ${quoteText(duckdbDialect, path)} (FORMAT parquet)`,
    );
    throwIfCancelled(signal);
    const writer = await openStageWriter(database, {
      folder,
      columns: fields.map((field) => ({ field, origin: { kind: 'source', column: field.name } })),
      fields: fields.map((field): SourceField => ({ ...field, nativeType: '' })),
      metadata: { runId: as.runId, loadedAt: as.createdAt },
      onRejected: (rows) => {
        throw new RangeError(`A staged row was refused: ${rows[0]?.reason ?? ''}`);
      },
    });
    const rows = Number(copied?.['Count']);
    if (rows > 0) await writer.addParquet({ kind: 'parquet', path, rows, isTemporary: true });
    await writer.finish();
    if (last.manifest.tail !== undefined)
      await copyFile(join(last.folder, last.manifest.tail.path), join(folder, last.manifest.tail.path));
    const manifest: Manifest = {
      ...last.manifest,
      ...as,
      kind: 'full',
      fields,
      files: writer.writtenFiles.map((file) => ({ ...file, path: basename(file.path) })),
      deletedKeys: [],
      rows: writer.rows,
      rowsSent: 0,
      bytesReceived: 0,
      rejected: 0,
    };
    await writeManifest(folder, manifest);
    return { folder, manifest };
  } catch (error) {
    await removeFolder(folder).catch(() => {});
    throw error;
  } finally {
    await removeFolder(path);
  }
}
