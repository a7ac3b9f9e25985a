import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import { callerKey } from '../../warehouse/ask-warehouse.ts';

/** Rows of an answer that is longer than what the query itself returned; kept for a while, for the caller alone. */
export const readRows = defineOperation({
  name: 'warehouse/read-rows',
  summary: 'Read more rows of an answer.',
  permission: 'data.read',
  input: z.strictObject({
    queryId: z.uuid(),
    from: z.int().min(0),
    count: z.int().min(1).max(10_000).default(1000),
  }),
  output: z.strictObject({ rows: z.array(z.array(z.string().nullable())) }),
  async handler(context, { queryId, from, count }) {
    const rows = context.queries.read(queryId, callerKey(context), from, count);
    return { rows: rows.map((row) => [...row]) };
  },
});
