import { z } from 'zod';

import { besideTransform, columnsSchema, inputSchema, orderSchema } from '../transform-parts.ts';
import { defineVerb } from './verb.ts';

const limitSchema = z
  .strictObject({
    from: inputSchema,
    rows: z
      .int()
      .min(1)
      .describe('How many rows to keep, of each group with `per`.')
      .meta({ examples: [100] }),
    offset: z
      .int()
      .min(0)
      .optional()
      .describe('How many rows to pass over before them. Default 0.')
      .meta({ examples: [10] }),
    by: orderSchema
      .optional()
      .describe(
        "What makes rows the first; needed unless the input is a sort step. Rows equal in it are ordered by the input's key, else by all columns.",
      )
      .meta({ examples: [['total desc']] }),
    per: columnsSchema
      .optional()
      .describe('Columns that make a group, each of which keeps its own first rows.')
      .meta({ examples: [['customer_id']] }),
  })
  .describe('Keeps the first rows, of all or of each group.')
  .meta({ examples: [{ from: 'orders', rows: 3, by: ['total desc'], per: ['customer_id'] }] });

export const limitVerb = defineVerb({
  name: 'limit',
  kind: 'transform',
  schema: z
    .strictObject({ limit: limitSchema, ...besideTransform })
    .describe('Keeps the first rows, of all or of each group.'),
  inputs: [['from']],
  isReadable: true,
  writes: false,
});
