import type { StagedFile } from '@millrace/connector-sdk';
import type { Field } from '@millrace/spec';

import { openStageWriter, type StageWriter } from '../stage/stage-writer.ts';
import type { StagingDatabase } from '../stage/staging-database.ts';
import { toStagingError } from '../stage/staging-error.ts';
import { streamCode, type StreamCodeOptions } from './stream-code.ts';

export interface RunCodeOptions extends StreamCodeOptions {
  /** Where the Parquet files go; the attempt's own, made here. */
  readonly folder: string;
}

export interface CodeResult {
  readonly inputRows: number;
  readonly outputRows: number;
  readonly files: readonly StagedFile[];
}

/**
 * Sends the rows of a query through user code and writes what comes back as durable Parquet files. Memory is bounded by a few
 * batches and two parts of the writer, however many rows there are. Throws a PipelineError; the folder is then the caller's
 * to remove.
 */
export async function runCode(options: RunCodeOptions, signal: AbortSignal): Promise<CodeResult> {
  const { database, folder, outputFields, resultFields = outputFields } = options;
  const writer = await openWriter(database, folder, resultFields);
  const batches = streamCode(options, signal);
  try {
    let next = await batches.next();
    for (; next.done !== true; next = await batches.next()) await writer.append(next.value);
    await writer.finish();
    return { inputRows: next.value, outputRows: writer.rows, files: writer.writtenFiles };
  } catch (error) {
    await batches.return(0);
    await writer.abort(error);
    throw toStagingError(error);
  }
}

function openWriter(
  database: StagingDatabase,
  folder: string,
  fields: readonly Field[],
): Promise<StageWriter> {
  return openStageWriter(database, {
    folder,
    columns: fields.map((field) => ({ field, origin: { kind: 'source', column: field.name } })),
    fields: fields.map((field) => ({ ...field, nativeType: '' })),
    metadata: { runId: '', loadedAt: '' },
    onRejected: () => {},
  });
}
