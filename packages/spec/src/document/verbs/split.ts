import { z } from 'zod';

import { NAME_PATTERN } from '../schema-parts.ts';
import { besideTransform, expressionSchema, inputSchema } from '../transform-parts.ts';
import { defineVerb } from './verb.ts';

export const outputNameSchema = z
  .string()
  .regex(NAME_PATTERN)
  .describe('The name of an output, which other steps read as step.name.')
  .meta({ examples: ['large', 'items'] });

const splitSchema = z
  .strictObject({
    from: inputSchema,
    outputs: z
      .record(
        outputNameSchema,
        expressionSchema.describe('The condition that rows must fulfil; NULL counts as no.'),
      )
      .describe('Conditions by the name of the output that gets the rows.')
      .meta({ examples: [{ large: 'amount > 100', small: 'amount <= 100' }] }),
    otherwise: outputNameSchema
      .optional()
      .describe('An output for rows that fulfil no condition; without it they are left out.')
      .meta({ examples: ['unknown'] }),
    mode: z
      .enum(['first', 'all'])
      .optional()
      .describe(
        'first: a row goes to the first output whose condition it fulfils. all: to each of them. Default first.',
      )
      .meta({ examples: ['all'] }),
  })
  .describe('Sends rows to named outputs by conditions.')
  .meta({ examples: [{ from: 'orders', outputs: { large: 'amount > 100' }, otherwise: 'small' }] });

export const splitVerb = defineVerb({
  name: 'split',
  kind: 'transform',
  schema: z
    .strictObject({ split: splitSchema, ...besideTransform })
    .describe('Sends rows to named outputs by conditions.'),
  inputs: [['from']],
  outputs: [['outputs'], ['otherwise']],
  isReadable: false,
  writes: false,
});
