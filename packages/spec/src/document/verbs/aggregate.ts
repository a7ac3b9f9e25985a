import { z } from 'zod';

import {
  besideTransform,
  columnsSchema,
  expressionSchema,
  inputSchema,
  namedExpressionsSchema,
} from '../transform-parts.ts';
import { defineVerb } from './verb.ts';

const aggregateSchema = z
  .strictObject({
    from: inputSchema,
    by: z
      .union([columnsSchema, namedExpressionsSchema])
      .optional()
      .describe('What makes a group: columns, or expressions by name. One group of all rows when left out.')
      .meta({ examples: [['status'], { day: "date_trunc('day', created_at)" }] }),
    measures: namedExpressionsSchema.describe('Aggregates by the name of the column that each makes.').meta({
      examples: [{ orders: 'count(*)', revenue: 'sum(total)' }],
    }),
    having: expressionSchema
      .optional()
      .describe('The condition that a group must fulfil to stay, over groups and measures.')
      .meta({ examples: ['orders > 10'] }),
  })
  .describe('Makes one row of each group of rows.')
  .meta({
    examples: [
      {
        from: 'orders',
        by: { day: "date_trunc('day', created_at)" },
        measures: { orders: 'count(*)', revenue: 'sum(total)' },
      },
    ],
  });

export const aggregateVerb = defineVerb({
  name: 'aggregate',
  kind: 'transform',
  schema: z
    .strictObject({ aggregate: aggregateSchema, ...besideTransform })
    .describe('Makes one row of each group of rows.'),
  inputs: [['from']],
  isReadable: true,
  writes: false,
});
