import { z } from 'zod';

import { ROW_OPTIONS } from './check-options.ts';
import { columnSchema, needsOneOf } from './check-parts.ts';
import { defineCheck } from './check.ts';

export const lengthCheck = defineCheck({
  name: 'length',
  scope: 'rows',
  onFailure: 'stop',
  schema: z
    .strictObject({
      column: columnSchema,
      min: z
        .int()
        .min(0)
        .optional()
        .describe('The shortest length allowed.')
        .meta({ examples: [1] }),
      max: z
        .int()
        .min(0)
        .optional()
        .describe('The longest length allowed.')
        .meta({ examples: [255] }),
      ...ROW_OPTIONS,
    })
    .refine(({ min, max }) => min !== undefined || max !== undefined, {
      message: needsOneOf(['min', 'max']),
    })
    .describe(
      'The texts of a column have a length within bounds: characters, or bytes of binary values. NULL passes.',
    )
    .meta({ examples: [{ column: 'country', min: 2, max: 2 }] }),
});
