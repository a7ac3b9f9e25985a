import { z } from 'zod';

import { listDocumentRevisions } from '../../documents/revisions.ts';
import { defineOperation } from '../../operation.ts';

/** The texts that a pipeline's file has had since it was first looked at. */
export const listRevisions = defineOperation({
  name: 'pipelines/list-revisions',
  summary: 'List earlier texts of a pipeline, the newest first.',
  permission: 'pipeline.read',
  input: z.strictObject({ pipeline: z.string(), limit: z.int().min(1).max(1000).default(100) }),
  output: z.strictObject({
    revisions: z.array(
      z.strictObject({
        number: z.int(),
        revision: z.string(),
        isValid: z.boolean(),
        origin: z.enum(['saved', 'file', 'restored']),
        author: z.string().nullable(),
        seenAt: z.string(),
      }),
    ),
  }),
  async handler(context, { pipeline, limit }) {
    return { revisions: [...(await listDocumentRevisions(await context.store(), pipeline, limit))] };
  },
});
