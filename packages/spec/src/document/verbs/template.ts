import { z } from 'zod';

import { parameterValuesSchema } from '../parameters.ts';
import { besideTransform, inputSchema } from '../transform-parts.ts';
import { defineVerb } from './verb.ts';

const templateSchema = z
  .strictObject({
    use: z
      .string()
      .min(1)
      .describe('The template, by the name that its file in transforms/ gives it.')
      .meta({ examples: ['recent-orders'] }),
    inputs: z
      .record(z.string(), inputSchema)
      .describe('The step that each input of the template reads.')
      .meta({ examples: [{ rows: 'orders' }] }),
    with: parameterValuesSchema
      .optional()
      .describe('Values of the parameters of the template; its defaults hold for those that are left out.')
      .meta({ examples: [{ keepDays: 30 }] }),
  })
  .describe('Puts the steps of a template from transforms/ in the place of this step.')
  .meta({ examples: [{ use: 'recent-orders', inputs: { rows: 'orders' }, with: { keepDays: 30 } }] });

export const templateVerb = defineVerb({
  name: 'template',
  kind: 'template',
  schema: z
    .strictObject({ template: templateSchema, ...besideTransform })
    .describe('Puts the steps of a template from transforms/ in the place of this step.'),
  inputs: [['inputs', '*']],
  isReadable: true,
  writes: false,
});
