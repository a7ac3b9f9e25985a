import { z } from 'zod';

import { datasetOptions } from './check-options.ts';
import { needsOneOf } from './check-parts.ts';
import { defineCheck } from './check.ts';

export const rowCountCheck = defineCheck({
  name: 'rowCount',
  scope: 'dataset',
  onFailure: 'stop',
  schema: z
    .strictObject({
      min: z
        .int()
        .min(0)
        .optional()
        .describe('The fewest rows allowed.')
        .meta({ examples: [1] }),
      max: z
        .int()
        .min(0)
        .optional()
        .describe('The most rows allowed.')
        .meta({ examples: [1_000_000] }),
      ...datasetOptions('stop'),
    })
    .refine(({ min, max }) => min !== undefined || max !== undefined, {
      message: needsOneOf(['min', 'max']),
    })
    .describe('The number of rows lies within bounds.')
    .meta({ examples: [{ min: 1 }] }),
});
