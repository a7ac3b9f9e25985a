import { z } from 'zod';

import { sqlTextSchema } from '../schema-parts.ts';
import { besideTransform, columnsSchema, inputSchema } from '../transform-parts.ts';
import { defineVerb } from './verb.ts';

const sqlSchema = z
  .strictObject({
    from: z
      .union([z.array(inputSchema).min(1), z.record(z.string().min(1), inputSchema)])
      .describe('The steps that the query reads, as tables by their names, or by names of your own.')
      .meta({ examples: [['orders'], { o: 'orders', c: 'customers' }] }),
    query: sqlTextSchema
      .describe('One SELECT in the SQL of DuckDB.')
      .meta({ examples: ['SELECT status, count(*) AS orders FROM orders GROUP BY ALL'] }),
    key: columnsSchema
      .optional()
      .describe('Columns of the result that identify a row, if there are any; checked in each run.')
      .meta({ examples: [['status']] }),
  })
  .describe('Whatever one SELECT says over its inputs.')
  .meta({
    examples: [
      {
        from: ['orders'],
        query: 'SELECT status, count(*) AS orders FROM orders GROUP BY ALL',
        key: ['status'],
      },
    ],
  });

export const sqlVerb = defineVerb({
  name: 'sql',
  kind: 'transform',
  schema: z
    .strictObject({ sql: sqlSchema, ...besideTransform })
    .describe('Whatever one SELECT says over its inputs.'),
  inputs: [['from', '*']],
  isReadable: true,
  writes: false,
});
