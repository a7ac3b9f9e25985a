import { z } from 'zod';

import { COUNT_OPTIONS } from './check-options.ts';
import { columnsSchema } from './check-parts.ts';
import { defineCheck } from './check.ts';

export const uniqueCheck = defineCheck({
  name: 'unique',
  scope: 'count',
  onFailure: 'stop',
  schema: z
    .strictObject({
      columns: columnsSchema
        .describe('Columns whose values together occur once. Rows with NULL in one of them are not compared.')
        .meta({ examples: [['id'], ['order_id', 'line']] }),
      ...COUNT_OPTIONS,
    })
    .describe('No two rows have the same values in the columns.')
    .meta({ examples: [{ columns: ['id'] }] }),
});
