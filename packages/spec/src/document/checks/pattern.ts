import { z } from 'zod';

import { ROW_OPTIONS } from './check-options.ts';
import { columnSchema } from './check-parts.ts';
import { defineCheck } from './check.ts';
import { findPatternProblem } from './find-pattern-problem.ts';

/** Message by which a failed refinement names its entry of the catalogue. */
export const PATTERN_ISSUE = 'patternInvalid';

export const patternCheck = defineCheck({
  name: 'pattern',
  scope: 'rows',
  onFailure: 'stop',
  schema: z
    .strictObject({
      column: columnSchema,
      regex: z
        .string()
        .min(1)
        .refine((text) => findPatternProblem(text) === undefined, { message: PATTERN_ISSUE })
        .describe(
          'A regular expression in the syntax of RE2, which the whole value must match; put .* around it to search. RE2 has no look-around and no back-references, and is never slow.',
        )
        .meta({ examples: ['[A-Z]{2}-\\d{6}', '(?i)[^@\\s]+@[^@\\s]+'] }),
      ...ROW_OPTIONS,
    })
    .describe('The texts of a column match a regular expression. NULL passes.')
    .meta({ examples: [{ column: 'sku', regex: '[A-Z]{2}-\\d{6}' }] }),
});
