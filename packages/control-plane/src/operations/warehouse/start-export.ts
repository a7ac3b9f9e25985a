import { PipelineError } from '@millrace/connector-sdk';
import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import { askedConnection, openHostedWarehouse } from '../../warehouse/ask-warehouse.ts';
import { startExportJob } from '../../warehouse/start-export-job.ts';

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
    const { destination, tables } = hosted;
    const exportId = await startExportJob(context, {
      connection: asked.name,
      statement: sql,
      format,
      write: (path, onProgress, stop) =>
        destination.export({ sql, tables, format, path, isRaw }, onProgress, stop),
      dispose: () => destination[Symbol.asyncDispose](),
    });
    return { exportId };
  },
});
