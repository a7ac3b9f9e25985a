import { z } from 'zod';

import { ROW_OPTIONS } from './check-options.ts';
import { columnsSchema, stepNameSchema } from './check-parts.ts';
import { defineCheck } from './check.ts';

export const relationshipCheck = defineCheck({
  name: 'relationship',
  scope: 'rows',
  onFailure: 'stop',
  schema: z
    .strictObject({
      columns: columnsSchema
        .describe('Columns that refer to a row of the other step. Rows with NULL in one of them pass.')
        .meta({ examples: [['customer_id']] }),
      to: z
        .strictObject({
          step: stepNameSchema
            .describe('The step whose rows are referred to.')
            .meta({ examples: ['customers'] }),
          columns: columnsSchema
            .describe('Its columns, in the order of the columns that refer to them.')
            .meta({ examples: [['id']] }),
        })
        .describe('What they refer to.')
        .meta({ examples: [{ step: 'customers', columns: ['id'] }] }),
      ...ROW_OPTIONS,
    })
    .refine(({ columns, to }) => columns.length === to.columns.length, {
      message: 'needs as many columns as to.columns has',
    })
    .describe('Every row refers to a row that exists in another step.')
    .meta({ examples: [{ columns: ['customer_id'], to: { step: 'customers', columns: ['id'] } }] }),
});
