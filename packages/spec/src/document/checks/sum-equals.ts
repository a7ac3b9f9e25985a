import { z } from 'zod';

import { sqlTextSchema } from '../schema-parts.ts';
import { datasetOptions } from './check-options.ts';
import { boundSchema, columnSchema, stepNameSchema } from './check-parts.ts';
import { defineCheck } from './check.ts';

const where = sqlTextSchema
  .optional()
  .describe('Only rows for which this condition in SQL holds.')
  .meta({ examples: ["status <> 'cancelled'"] });

export const sumEqualsCheck = defineCheck({
  name: 'sumEquals',
  scope: 'dataset',
  onFailure: 'stop',
  schema: z
    .strictObject({
      column: columnSchema.describe('A column of numbers to add up.').meta({ examples: ['revenue'] }),
      where,
      to: z
        .strictObject({
          step: stepNameSchema.describe('The other step.').meta({ examples: ['orders'] }),
          column: columnSchema.describe('Its column to add up.').meta({ examples: ['total'] }),
          where,
        })
        .describe('The sum it must equal.')
        .meta({ examples: [{ step: 'orders', column: 'total' }] }),
      tolerance: boundSchema
        .optional()
        .describe('How far the sums may lie apart; in quotes where it must be exact. Default 0.')
        .meta({ examples: ['0.01'] }),
      ...datasetOptions('stop'),
    })
    .describe('The sum of a column equals the sum of a column of another step. The sum of no rows is 0.')
    .meta({ examples: [{ column: 'revenue', to: { step: 'orders', column: 'total' } }] }),
});
