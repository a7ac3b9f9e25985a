import { z } from 'zod';

import { besideTransform, inputSchema, orderSchema } from '../transform-parts.ts';
import { defineVerb } from './verb.ts';

const sortSchema = z
  .strictObject({
    from: inputSchema,
    by: orderSchema,
  })
  .describe('Puts rows in order, for what is published and for limit.')
  .meta({ examples: [{ from: 'orders', by: ['created_at desc', 'id'] }] });

export const sortVerb = defineVerb({
  name: 'sort',
  kind: 'transform',
  schema: z
    .strictObject({ sort: sortSchema, ...besideTransform })
    .describe('Puts rows in order, for what is published and for limit.'),
  inputs: [['from']],
  isReadable: true,
  writes: false,
});
