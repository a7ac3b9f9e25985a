import type { QuarantinedRecord } from '@millrace/engine';
import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import { quarantineRequest, selectionSchema, withScratch } from '../../quarantine/ask-quarantine.ts';

/** Rows in quarantine as they were, with why they are there. */
export const showQuarantine = defineOperation({
  name: 'quarantine/show-quarantine',
  summary: 'Show rows in quarantine as they were, with check, reason and run.',
  permission: 'data.read',
  input: z.strictObject({
    pipeline: z.string(),
    ...selectionSchema,
    limit: z.int().min(1).default(20),
  }),
  output: z.strictObject({ rows: z.array(z.custom<QuarantinedRecord>()), total: z.number() }),
  async handler(context, { pipeline, limit, ...selection }, signal) {
    const request = await quarantineRequest(context, pipeline, selection);
    const { rows, total } = await withScratch(request, () =>
      context.runner().call('showQuarantine', { ...request, limit }, signal),
    );
    return { rows: [...rows], total };
  },
});
