import { z } from 'zod';

import { sqlTextSchema } from '../schema-parts.ts';
import { COUNT_OPTIONS } from './check-options.ts';
import { stepNameSchema } from './check-parts.ts';
import { defineCheck } from './check.ts';

export const sqlCheck = defineCheck({
  name: 'sql',
  scope: 'count',
  onFailure: 'stop',
  schema: z
    .strictObject({
      query: sqlTextSchema
        .describe('A SELECT that returns what is wrong; no row, no failure. Steps are tables by their names.')
        .meta({ examples: ['SELECT customer_id FROM orders GROUP BY ALL HAVING count(*) > 1000'] }),
      from: z
        .array(stepNameSchema)
        .min(1)
        .optional()
        .describe('Other steps that the query reads, besides the step of the check.')
        .meta({ examples: [['customers']] }),
      ...COUNT_OPTIONS,
    })
    .describe('A query of your own returns no row.')
    .meta({
      examples: [{ query: 'SELECT customer_id FROM orders GROUP BY ALL HAVING count(*) > 1000' }],
    }),
});
