import { z } from 'zod';

import { datasetOptions } from './check-options.ts';
import { columnSchema, needsOneOf, overSchema } from './check-parts.ts';
import { defineCheck } from './check.ts';

export const distributionCheck = defineCheck({
  name: 'distribution',
  scope: 'dataset',
  onFailure: 'warn',
  schema: z
    .strictObject({
      column: columnSchema.meta({ examples: ['total'] }),
      measure: z
        .enum(['nullShare', 'distinctShare', 'mean', 'quantile'])
        .describe(
          'nullShare: rows with NULL among all rows. distinctShare: different values among the rows that have one. mean, quantile: of the values, which must be numbers.',
        )
        .meta({ examples: ['nullShare'] }),
      quantile: z
        .number()
        .min(0)
        .max(1)
        .optional()
        .describe('Which quantile, 0 to 1. Default 0.5, the median.')
        .meta({ examples: [0.95] }),
      min: z
        .number()
        .optional()
        .describe('The smallest measure allowed.')
        .meta({ examples: [0] }),
      max: z
        .number()
        .optional()
        .describe('The largest measure allowed.')
        .meta({ examples: [0.05] }),
      maxChange: z
        .number()
        .min(0)
        .optional()
        .describe(
          'How far the measure may be from the median of the earlier runs: for shares in points (0.05 is five percentage points), for mean and quantile as a share of that median.',
        )
        .meta({ examples: [0.05] }),
      over: overSchema,
      ...datasetOptions('warn'),
    })
    .refine(({ min, max, maxChange }) => min !== undefined || max !== undefined || maxChange !== undefined, {
      message: needsOneOf(['min', 'max', 'maxChange']),
    })
    .describe('A measure of a column lies within bounds, or close to what it was in earlier runs.')
    .meta({ examples: [{ column: 'email', measure: 'nullShare', max: 0.05 }] }),
});
