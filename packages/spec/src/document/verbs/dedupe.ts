import { z } from 'zod';

import { besideTransform, columnsSchema, inputSchema, orderSchema } from '../transform-parts.ts';
import { defineVerb } from './verb.ts';

const dedupeSchema = z
  .strictObject({
    from: inputSchema,
    key: columnsSchema
      .describe('What makes rows the same: columns in which they are equal. NULL equals NULL.')
      .meta({ examples: [['id'], ['email', 'day']] }),
    order: orderSchema
      .optional()
      .describe(
        "What the rows of a key are ordered by. Those equal in it, and all when left out, are ordered by the input's key, else by all columns.",
      )
      .meta({ examples: [['updated_at desc']] }),
    keep: z
      .enum(['first', 'last'])
      .optional()
      .describe('Which row of a key stays. Default first.')
      .meta({ examples: ['last'] }),
  })
  .describe('Keeps one row of those that have the same key.')
  .meta({ examples: [{ from: 'customers', key: ['email'], order: ['updated_at'], keep: 'last' }] });

export const dedupeVerb = defineVerb({
  name: 'dedupe',
  kind: 'transform',
  schema: z
    .strictObject({ dedupe: dedupeSchema, ...besideTransform })
    .describe('Keeps one row of those that have the same key.'),
  inputs: [['from']],
  isReadable: true,
  writes: false,
});
