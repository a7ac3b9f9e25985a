import type { StagedFile } from '@millrace/connector-sdk';
import type { Field } from '@millrace/spec';

import { openStageWriter, type StageWriter } from '../stage/stage-writer.ts';
import type { StagingDatabase } from '../stage/staging-database.ts';
import { toStagingError } from '../stage/staging-error.ts';
import { type CodeRunner, type CodeRunnerOptions, openCodeRunner } from './code-runner.ts';
import type { PackedBatch } from './packed-batch.ts';
import { readPacked } from './read-packed.ts';

export interface RunCodeOptions extends CodeRunnerOptions {
  readonly database: StagingDatabase;
  /** One SELECT whose columns have the names of `inputFields`. */
  readonly inputSql: string;
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
  const { database, inputSql, inputFields, outputFields } = options;
  const writer = await openWriter(database, options.folder, outputFields);
  const runner = await openCodeRunner(options, signal);
  try {
    const connection = await database.connect();
    try {
      const batches = readPacked(connection, inputSql, inputFields, signal);
      const inputRows = await pump(batches, runner, writer);
      await writer.finish();
      return { inputRows, outputRows: writer.rows, files: writer.writtenFiles };
    } finally {
      connection.closeSync();
    }
  } catch (error) {
    await writer.abort(error);
    throw toStagingError(error);
  } finally {
    await runner.close();
  }
}

/** While the code works on a batch, the next one is read, and the output of the one before is written. Returns the rows read. */
async function pump(
  batches: AsyncGenerator<PackedBatch>,
  runner: CodeRunner,
  writer: StageWriter,
): Promise<number> {
  let rows = 0;
  let next = batches.next();
  try {
    for (;;) {
      const current = await next;
      if (current.done === true) return rows;
      next = batches.next();
      for await (const output of runner.run(current.value, rows + 1)) await writer.append(output);
      rows += current.value.rows;
    }
  } finally {
    // Nobody else waits for it when the code failed meanwhile.
    await Promise.allSettled([next]);
  }
}

function openWriter(
  database: StagingDatabase,
  folder: string,
  outputFields: readonly Field[],
): Promise<StageWriter> {
  return openStageWriter(database, {
    folder,
    columns: outputFields.map((field) => ({ field, origin: { kind: 'source', column: field.name } })),
    fields: outputFields.map((field) => ({ ...field, nativeType: '' })),
    metadata: { runId: '', loadedAt: '' },
    onRejected: () => {},
  });
}
