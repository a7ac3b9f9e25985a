import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import { findExport } from '../../warehouse/export-jobs.ts';

/** How far an export is, and where its file is fetched once it is done. */
export const showExport = defineOperation({
  name: 'warehouse/show-export',
  summary: 'Show how far an export is.',
  permission: 'data.read',
  input: z.strictObject({ exportId: z.uuid() }),
  output: z.strictObject({
    exportId: z.string(),
    format: z.enum(['csv', 'json', 'parquet', 'xlsx']),
    state: z.enum(['running', 'succeeded', 'failed']),
    /** From 0 to 1; null while nothing tells. */
    progress: z.number().nullable(),
    rows: z.number().nullable(),
    sizeBytes: z.number().nullable(),
    reason: z.string().nullable(),
    /** Path on the server; null until it is done. */
    download: z.string().nullable(),
  }),
  async handler(context, { exportId }) {
    const row = await findExport(context, exportId);
    const progress = context.queries.progressOf(exportId);
    // A server that ended took its exports with it.
    const isLost = row.state === 'running' && progress === undefined;
    const state = isLost ? 'failed' : row.state;
    return {
      exportId,
      format: row.format,
      state,
      progress: state === 'succeeded' ? 1 : (progress ?? null),
      rows: row.row_count,
      sizeBytes: row.size_bytes,
      reason: isLost ? 'The server ended before the export was done. Export again.' : row.reason,
      download: state === 'succeeded' ? `/api/exports/${exportId}` : null,
    };
  },
});
