import { z } from 'zod';

import { ROW_OPTIONS } from './check-options.ts';
import { columnSchema } from './check-parts.ts';
import { defineCheck } from './check.ts';

export const acceptedCheck = defineCheck({
  name: 'accepted',
  scope: 'rows',
  onFailure: 'stop',
  schema: z
    .strictObject({
      column: columnSchema,
      values: z
        .array(z.union([z.string(), z.number(), z.boolean()]))
        .min(1)
        .describe('The values it may have. NULL passes; add notNull where it must not.')
        .meta({ examples: [['new', 'paid', 'shipped']] }),
      ...ROW_OPTIONS,
    })
    .describe('A column has only the listed values.')
    .meta({ examples: [{ column: 'status', values: ['new', 'paid', 'shipped'], onFailure: 'quarantine' }] }),
});
