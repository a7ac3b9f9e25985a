import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { DatasetProfile } from '@millrace/compiler';
import type { Field } from '@millrace/spec';

import { openStagingDatabase, StagingDatabase } from '../stage/staging-database.ts';
import { profileDataset } from './profile-dataset.ts';

/** A Parquet file, and the columns of it to describe. */
export interface ProfileFileRequest {
  readonly path: string;
  readonly fields: readonly Field[];
}

const MEMORY_BYTES = 2 ** 30;
const THREADS = 2;

/** What the values of all rows in a file look like. */
export async function profileFile(
  { path, fields }: ProfileFileRequest,
  signal: AbortSignal,
): Promise<DatasetProfile> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-profile-'));
  const database = await openStagingDatabase({
    memoryBytes: MEMORY_BYTES,
    threads: THREADS,
    scratchFolder: folder,
  });
  try {
    const relation = StagingDatabase.parquetOf([path]);
    return await database.withConnection((connection) =>
      profileDataset(connection, { relation, fields }, signal),
    );
  } finally {
    database.close();
    await rm(folder, { recursive: true, force: true });
  }
}
