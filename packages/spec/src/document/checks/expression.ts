import { z } from 'zod';

import { sqlTextSchema } from '../schema-parts.ts';
import { ROW_OPTIONS } from './check-options.ts';
import { defineCheck } from './check.ts';

export const expressionCheck = defineCheck({
  name: 'expression',
  scope: 'rows',
  onFailure: 'stop',
  schema: z
    .strictObject({
      condition: sqlTextSchema
        .describe(
          'A condition in SQL. Over columns it must hold in every row; with aggregates such as sum(total) it must hold once, for all rows. As in a CHECK of SQL, NULL passes.',
        )
        .meta({ examples: ['shipped_at >= ordered_at', 'sum(refund) <= sum(total)'] }),
      ...ROW_OPTIONS,
    })
    .describe('A condition of your own holds.')
    .meta({ examples: [{ condition: 'shipped_at >= ordered_at', onFailure: 'warn' }] }),
});
