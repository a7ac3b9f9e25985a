import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';

import type { ExportRow } from '../catalogue/catalogue-schema.ts';
import type { OperationContext } from '../operation-context.ts';
import { callerKey } from './ask-warehouse.ts';
import { exportPath, removeOldExports } from './export-jobs.ts';

const LIMIT_MS = 3_600_000;

/** What is exported: rows of where, as whoever looks for it later would say. */
export interface ExportJob extends Pick<ExportRow, 'connection' | 'statement' | 'format'> {
  /** Writes the file; stops with the signal. */
  readonly write: (
    path: string,
    onProgress: (share: number) => void,
    stop: AbortSignal,
  ) => Promise<{ readonly rows: number }>;
  /** When it is over, however it ended. */
  readonly dispose?: () => PromiseLike<void>;
}

/** Begins to write a file of rows in the background, and resolves to the id by which its caller follows it, stops it and fetches the file. */
export async function startExportJob(
  context: OperationContext,
  { connection, statement, format, write, dispose }: ExportJob,
): Promise<string> {
  await removeOldExports(context);
  const { db } = await context.store();
  const exportId = randomUUID();
  const caller = callerKey(context);
  await db
    .insertInto('exports')
    .values({
      export_id: exportId,
      caller_id: caller,
      connection,
      statement,
      format,
      state: 'running',
      row_count: null,
      size_bytes: null,
      reason: null,
      started_at: Date.now(),
      finished_at: null,
    })
    .execute();
  const path = await exportPath(context, { export_id: exportId, format });
  void context.queries
    .run(
      { id: exportId, caller, limitMs: LIMIT_MS },
      async (stop) => {
        try {
          const onProgress = (share: number): void => context.queries.progress(exportId, share);
          const { rows } = await write(path, onProgress, stop);
          await end({ state: 'succeeded', row_count: rows, size_bytes: (await stat(path)).size });
        } catch (error) {
          await fail(error);
        }
      },
      new AbortController().signal,
    )
    // It was refused before it began.
    .catch(fail)
    // The server ends: the store is closed, and the export is known to be lost.
    .catch(() => undefined)
    .finally(() => dispose?.());
  return exportId;

  async function fail(error: unknown): Promise<void> {
    const reason = context.redactor.text(error instanceof Error ? error.message : String(error));
    await end({ state: 'failed', reason });
  }

  async function end(ended: {
    readonly state: 'succeeded' | 'failed';
    readonly row_count?: number;
    readonly size_bytes?: number;
    readonly reason?: string;
  }): Promise<void> {
    await db
      .updateTable('exports')
      .set({ ...ended, finished_at: Date.now() })
      .where('export_id', '=', exportId)
      .execute();
  }
}
