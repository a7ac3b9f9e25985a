import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';

import { PipelineError } from '@millrace/connector-sdk';
import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import { askedConnection, callerKey, openHostedWarehouse } from '../../warehouse/ask-warehouse.ts';
import { exportPath, removeOldExports } from '../../warehouse/export-jobs.ts';

const LIMIT_MS = 3_600_000;

/** Writes the whole answer to a statement into a file, in the background. `warehouse/cancel-query` with the export's id stops it. */
export const startExport = defineOperation({
  name: 'warehouse/start-export',
  summary: 'Export the answer to a query as a file.',
  permission: 'data.read',
  input: z.strictObject({
    sql: z.string().min(1).max(1_000_000),
    connection: z.string().optional(),
    format: z.enum(['csv', 'json', 'parquet', 'xlsx']),
    /** Texts as they are, also those that a spreadsheet would take for a formula. */
    isRaw: z.boolean().default(false),
  }),
  output: z.strictObject({ exportId: z.string() }),
  async handler(context, { sql, connection, format, isRaw }) {
    const asked = await askedConnection(context, connection);
    const hosted = await openHostedWarehouse(context, asked);
    if (hosted === undefined) {
      throw new PipelineError({
        code: 'configInvalid',
        blame: 'config',
        retry: 'never',
        message: `Answers of ${asked.name} cannot be exported: exports are made by a server, of the project's own warehouse.`,
      });
    }
    await removeOldExports(context);
    const { db } = await context.store();
    const exportId = randomUUID();
    const caller = callerKey(context);
    await db
      .insertInto('exports')
      .values({
        export_id: exportId,
        caller_id: caller,
        connection: asked.name,
        statement: sql,
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
    const { destination, tables } = hosted;
    void context.queries
      .run(
        { id: exportId, caller, limitMs: LIMIT_MS },
        async (stop) => {
          try {
            const onProgress = (share: number): void => context.queries.progress(exportId, share);
            const { rows } = await destination.export({ sql, tables, format, path, isRaw }, onProgress, stop);
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
      .finally(() => destination[Symbol.asyncDispose]());
    return { exportId };

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
  },
});
