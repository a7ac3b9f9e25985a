import { z } from 'zod';

import {
  besideTransform,
  columnSchema,
  columnsSchema,
  inputSchema,
  namedExpressionsSchema,
} from '../transform-parts.ts';
import { defineVerb } from './verb.ts';

const pivotSchema = z
  .strictObject({
    from: inputSchema,
    by: columnsSchema
      .describe('Columns that make a row of the result.')
      .meta({ examples: [['customer_id']] }),
    column: columnSchema.describe('The column whose values become columns.').meta({ examples: ['status'] }),
    values: z
      .array(z.union([z.string(), z.number(), z.boolean()]))
      .min(1)
      .describe('The values that become columns, so that the columns are known before the data.')
      .meta({ examples: [['new', 'paid']] }),
    measures: namedExpressionsSchema
      .describe(
        'Aggregates by name over the rows of each value. With one, columns are called as the values; with several, value_measure.',
      )
      .meta({ examples: [{ total: 'sum(amount)' }] }),
  })
  .describe('Makes columns of rows: one for each value of a column.')
  .meta({
    examples: [
      {
        from: 'orders',
        by: ['customer_id'],
        column: 'status',
        values: ['new', 'paid'],
        measures: { orders: 'count(*)', total: 'sum(amount)' },
      },
    ],
  });

export const pivotVerb = defineVerb({
  name: 'pivot',
  kind: 'transform',
  schema: z
    .strictObject({ pivot: pivotSchema, ...besideTransform })
    .describe('Makes columns of rows: one for each value of a column.'),
  inputs: [['from']],
  isReadable: true,
  writes: false,
});
