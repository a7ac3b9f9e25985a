import { z } from 'zod';

import { ROW_OPTIONS } from './check-options.ts';
import { columnsSchema } from './check-parts.ts';
import { defineCheck } from './check.ts';

export const notNullCheck = defineCheck({
  name: 'notNull',
  scope: 'rows',
  onFailure: 'stop',
  schema: z
    .strictObject({
      columns: columnsSchema
        .describe('Columns that must have a value in every row.')
        .meta({ examples: [['id', 'customer_id']] }),
      ...ROW_OPTIONS,
    })
    .describe('No row has NULL in one of the columns.')
    .meta({ examples: [{ columns: ['id', 'customer_id'] }] }),
});
