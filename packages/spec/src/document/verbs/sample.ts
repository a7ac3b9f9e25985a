import { z } from 'zod';

import { besideTransform, columnsSchema, inputSchema } from '../transform-parts.ts';
import { defineVerb } from './verb.ts';

const sampleSchema = z
  .strictObject({
    from: inputSchema,
    share: z
      .number()
      .gt(0)
      .max(1)
      .optional()
      .describe('About how many of the rows to keep, from 0 to 1. Either this or `rows`.')
      .meta({ examples: [0.01] }),
    rows: z
      .int()
      .min(1)
      .optional()
      .describe('Exactly how many rows to keep, if there are as many.')
      .meta({ examples: [1000] }),
    by: columnsSchema
      .optional()
      .describe(
        "Columns whose values decide, so that rows that share them stay or go together, in every step that samples by them. The input's key when left out, else all columns.",
      )
      .meta({ examples: [['customer_id']] }),
    seed: z
      .union([z.int(), z.string()])
      .optional()
      .describe('Another seed chooses other rows.')
      .meta({ examples: [7] }),
  })
  .describe('Keeps some of the rows, the same ones in each run.')
  .meta({ examples: [{ from: 'orders', share: 0.01, by: ['customer_id'] }] });

export const sampleVerb = defineVerb({
  name: 'sample',
  kind: 'transform',
  schema: z
    .strictObject({ sample: sampleSchema, ...besideTransform })
    .describe('Keeps some of the rows, the same ones in each run.'),
  inputs: [['from']],
  isReadable: true,
  writes: false,
});
