import { z } from 'zod';

import { besideTransform, inputSchema } from '../transform-parts.ts';
import { defineVerb } from './verb.ts';

const unionSchema = z
  .strictObject({
    from: z
      .array(inputSchema)
      .min(2)
      .describe('The steps whose rows are put under each other.')
      .meta({ examples: [['orders_eu', 'orders_us']] }),
    columns: z
      .enum(['same', 'all', 'common'])
      .optional()
      .describe(
        'Columns are matched by name. same: each step must have all of them. all: what a step lacks is NULL. common: only those that all have. Default same.',
      )
      .meta({ examples: ['all'] }),
    label: z
      .string()
      .min(1)
      .optional()
      .describe('A column to add that holds the name of the step each row came from.')
      .meta({ examples: ['region'] }),
  })
  .describe('Puts the rows of several steps under each other; duplicates stay.')
  .meta({ examples: [{ from: ['orders_eu', 'orders_us'], columns: 'all' }] });

export const unionVerb = defineVerb({
  name: 'union',
  kind: 'transform',
  schema: z
    .strictObject({ union: unionSchema, ...besideTransform })
    .describe('Puts the rows of several steps under each other; duplicates stay.'),
  inputs: [['from', '*']],
  isReadable: true,
  writes: false,
});
