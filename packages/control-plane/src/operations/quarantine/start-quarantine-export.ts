import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import { quarantineRequest, selectionSchema, withScratch } from '../../quarantine/ask-quarantine.ts';
import { startExportJob } from '../../warehouse/start-export-job.ts';

/** Writes all rows of a step that are in quarantine into a file, in the background; followed, stopped and fetched as an export of an answer. */
export const startQuarantineExport = defineOperation({
  name: 'quarantine/start-quarantine-export',
  summary: 'Export the rows of a step that are in quarantine as a file.',
  permission: 'data.read',
  input: z.strictObject({
    pipeline: z.string(),
    ...selectionSchema,
    format: z.enum(['csv', 'json', 'parquet', 'xlsx']),
    /** Texts as they are, also those that a spreadsheet would take for a formula. */
    isRaw: z.boolean().default(false),
  }),
  output: z.strictObject({ exportId: z.string() }),
  async handler(context, { pipeline, format, isRaw, ...selection }) {
    const request = await quarantineRequest(context, pipeline, selection);
    const exportId = await startExportJob(context, {
      connection: '@quarantine',
      statement: [pipeline, selection.step, selection.check].filter((part) => part !== undefined).join(' / '),
      format,
      write: (path, _, stop) =>
        withScratch(request, () =>
          context.runner().call('exportQuarantine', { ...request, path, format, isRaw }, stop),
        ),
    });
    return { exportId };
  },
});
