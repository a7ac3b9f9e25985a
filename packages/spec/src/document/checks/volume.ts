import { z } from 'zod';

import { datasetOptions } from './check-options.ts';
import { needsOneOf, overSchema } from './check-parts.ts';
import { defineCheck } from './check.ts';

export const volumeCheck = defineCheck({
  name: 'volume',
  scope: 'dataset',
  onFailure: 'warn',
  schema: z
    .strictObject({
      maxDecrease: z
        .number()
        .min(0)
        .max(1)
        .optional()
        .describe('How much smaller the number of rows may be than usual, as a share: 0.2 is a fifth.')
        .meta({ examples: [0.2] }),
      maxIncrease: z
        .number()
        .min(0)
        .optional()
        .describe('How much larger it may be, as a share: 1 is twice as many rows.')
        .meta({ examples: [1] }),
      over: overSchema,
      ...datasetOptions('warn'),
    })
    .refine(({ maxDecrease, maxIncrease }) => maxDecrease !== undefined || maxIncrease !== undefined, {
      message: needsOneOf(['maxDecrease', 'maxIncrease']),
    })
    .describe("The number of rows is close to the median of the step's earlier runs.")
    .meta({ examples: [{ maxDecrease: 0.2, maxIncrease: 1 }] }),
});
