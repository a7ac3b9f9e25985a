import { z } from 'zod';

import { besideTransform, expressionSchema, inputSchema } from '../transform-parts.ts';
import { defineVerb } from './verb.ts';

const filterSchema = z
  .strictObject({
    from: inputSchema,
    where: expressionSchema
      .describe('The condition that rows must fulfil to stay; NULL counts as no.')
      .meta({ examples: ["status <> 'cancelled'"] }),
  })
  .describe('Keeps the rows that fulfil a condition.')
  .meta({ examples: [{ from: 'orders', where: "status <> 'cancelled'" }] });

export const filterVerb = defineVerb({
  name: 'filter',
  kind: 'transform',
  schema: z
    .strictObject({ filter: filterSchema, ...besideTransform })
    .describe('Keeps the rows that fulfil a condition.'),
  inputs: [['from']],
  isReadable: true,
  writes: false,
});
