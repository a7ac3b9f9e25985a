import { mkdir } from 'node:fs/promises';

import type { TableSample } from '@millrace/compiler';
import { PipelineError, throwIfCancelled } from '@millrace/connector-sdk';
import type { SourceTable } from '@millrace/spec';

import { openExtractPool } from '../extract/extract-pool.ts';
import { loadDefinition } from '../run/load-definition.ts';
import { removeFolder } from '../package/package-store.ts';
import { openSource, type OpenSource } from '../run/open-source.ts';
import type { ResolvedConnection, RunContext, RunRequest } from '../run/run-request.ts';
import { createSlots } from '../run/slots.ts';
import { openStagingDatabase, type StagingDatabase } from '../stage/staging-database.ts';
import { collectRows } from './collect-rows.ts';
import { type ColumnPair, profileSample } from './profile-sample.ts';

/** Tables of one connection, and how many rows of each may be read. Holds secrets, as a run request does. */
export interface SampleRequest extends Pick<RunRequest, 'limits'> {
  readonly name: string;
  readonly connection: ResolvedConnection;
  readonly tables: readonly SampledTable[];
  readonly maxRows: number;
  /** For files that die with the request; removed at its end. */
  readonly scratchFolder: string;
}

export interface SampledTable {
  readonly table: SourceTable;
  /** Columns to compare with each other, row by row. */
  readonly pairs: readonly ColumnPair[];
}

/** The sample of one table, or why there is none. */
export type SampleResult =
  | { readonly sample: TableSample; readonly problem: null }
  | { readonly sample: null; readonly problem: string };

/**
 * Reads some rows of each table and describes their columns; in the order of the request. A table that cannot be read is
 * no reason not to read the others; a source that cannot be opened is.
 */
export async function sampleTables(
  request: SampleRequest,
  context: RunContext,
  signal: AbortSignal,
): Promise<readonly SampleResult[]> {
  const { connection, name, limits, maxRows, scratchFolder } = request;
  const { registry, registryModule } = context;
  const definition = await loadDefinition(registry, connection.connector);
  await mkdir(scratchFolder, { recursive: true });
  const pool = openExtractPool({ workers: limits.parallelTables, registry, registryModule });
  let database: StagingDatabase | undefined;
  try {
    const source = openSource(name, definition, connection, pool, limits.maxTries);
    await source.identity(signal);
    const staging = (database = await openStagingDatabase({ ...limits, scratchFolder }));
    const slots = createSlots(limits.parallelTables);
    return await Promise.all(
      request.tables.map(async (sampled): Promise<SampleResult> => {
        const leave = await slots.take(signal);
        try {
          const read = { ...sampled, maxRows, scratchFolder };
          return { sample: await sampleTable(staging, source, read, signal), problem: null };
        } catch (error) {
          throwIfCancelled(signal);
          if (!(error instanceof PipelineError)) throw error;
          return { sample: null, problem: error.message };
        } finally {
          leave();
        }
      }),
    );
  } finally {
    await pool.close();
    database?.close();
    await removeFolder(scratchFolder);
  }
}

async function sampleTable(
  database: StagingDatabase,
  source: OpenSource,
  { table, pairs, maxRows, scratchFolder }: SampledTable & Pick<SampleRequest, 'maxRows' | 'scratchFolder'>,
  signal: AbortSignal,
): Promise<TableSample> {
  const { fields } = table;
  if (fields.length === 0) return { rows: 0, isComplete: false, columns: [], pairs: [] };
  const request = { table, fields, cursor: null, position: null, maxRows, scratchFolder };
  const name = await collectRows(database, source, request, signal);
  try {
    const profile = await profileSample(database, name, fields, pairs);
    return { ...profile, isComplete: profile.rows < maxRows };
  } finally {
    await database.execute(`DROP TABLE ${name}`);
  }
}
