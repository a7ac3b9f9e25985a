import { z } from 'zod';

import { ROW_OPTIONS } from './check-options.ts';
import { boundSchema, columnSchema, needsOneOf } from './check-parts.ts';
import { defineCheck } from './check.ts';

export const rangeCheck = defineCheck({
  name: 'range',
  scope: 'rows',
  onFailure: 'stop',
  schema: z
    .strictObject({
      column: columnSchema,
      min: boundSchema
        .optional()
        .describe('The smallest value allowed.')
        .meta({ examples: [0, '2020-01-01'] }),
      max: boundSchema
        .optional()
        .describe('The largest value allowed.')
        .meta({ examples: [100, '99999.99'] }),
      above: boundSchema
        .optional()
        .describe('Values must be larger than this.')
        .meta({ examples: [0] }),
      below: boundSchema
        .optional()
        .describe('Values must be smaller than this.')
        .meta({ examples: ['2100-01-01'] }),
      ...ROW_OPTIONS,
    })
    .refine(
      ({ min, max, above, below }) =>
        min !== undefined || max !== undefined || above !== undefined || below !== undefined,
      { message: needsOneOf(['min', 'max', 'above', 'below']) },
    )
    .describe('The values of a column lie within bounds. NULL passes, not-a-number fails.')
    .meta({ examples: [{ column: 'total', min: 0 }] }),
});
