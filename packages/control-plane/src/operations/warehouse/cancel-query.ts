import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import { callerKey } from '../../warehouse/ask-warehouse.ts';

/** Stops a query of the caller. One that has ended meanwhile is no error. */
export const cancelQuery = defineOperation({
  name: 'warehouse/cancel-query',
  summary: 'Stop a query that runs.',
  permission: 'data.read',
  input: z.strictObject({ queryId: z.uuid() }),
  output: z.strictObject({ wasRunning: z.boolean() }),
  async handler(context, { queryId }) {
    return { wasRunning: context.queries.cancel(queryId, callerKey(context)) };
  },
});
