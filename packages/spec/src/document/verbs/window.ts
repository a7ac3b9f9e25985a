import { z } from 'zod';

import { sqlTextSchema } from '../schema-parts.ts';
import {
  besideTransform,
  columnsSchema,
  inputSchema,
  namedExpressionsSchema,
  orderSchema,
} from '../transform-parts.ts';
import { defineVerb } from './verb.ts';

const windowSchema = z
  .strictObject({
    from: inputSchema,
    partition: columnsSchema
      .optional()
      .describe('Columns that make a group; all rows are one when left out.')
      .meta({ examples: [['customer_id']] }),
    order: orderSchema
      .optional()
      .describe('What the rows of a group are ordered by.')
      .meta({ examples: [['created_at']] }),
    frame: sqlTextSchema
      .optional()
      .describe(
        'Which rows of the group are looked at, as in SQL: rows, range or groups between two bounds. Without it, all up to the last that is equal in order; the whole group without order.',
      )
      .meta({ examples: ['rows between 6 preceding and current row'] }),
    columns: namedExpressionsSchema
      .describe(
        'Expressions by the name of the column that each makes; their last call looks over the window. A name that the input has is replaced in its place; new ones come last.',
      )
      .meta({ examples: [{ position: 'row_number()', since_last: 'created_at - lag(created_at)' }] }),
  })
  .describe('Adds columns that look at the other rows of a group: ranks, running totals, earlier values.')
  .meta({
    examples: [
      {
        from: 'orders',
        partition: ['customer_id'],
        order: ['created_at'],
        columns: { number: 'row_number()', running_total: 'sum(total)' },
      },
    ],
  });

export const windowVerb = defineVerb({
  name: 'window',
  kind: 'transform',
  schema: z
    .strictObject({ window: windowSchema, ...besideTransform })
    .describe('Adds columns that look at the other rows of a group: ranks, running totals, earlier values.'),
  inputs: [['from']],
  isReadable: true,
  writes: false,
});
