import { PipelineError } from '@millrace/connector-sdk';
import { z } from 'zod';

import { defineOperation } from '../../operation.ts';

/** Forgets a saved query. */
export const removeQuery = defineOperation({
  name: 'warehouse/remove-query',
  summary: 'Remove a saved query.',
  permission: 'data.read',
  input: z.strictObject({ id: z.string().min(1) }),
  output: z.strictObject({ name: z.string() }),
  async handler(context, { id }) {
    const { db } = await context.store();
    const removed = await db
      .deleteFrom('saved_queries')
      .where('saved_id', '=', id)
      .returning('name')
      .executeTakeFirst();
    if (removed !== undefined) return { name: removed.name };
    throw new PipelineError({
      code: 'configInvalid',
      blame: 'config',
      retry: 'never',
      message: 'There is no such saved query; someone may have removed it. Look at the list again.',
    });
  },
});
