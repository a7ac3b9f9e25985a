import { z } from 'zod';

import {
  besideTransform,
  columnSchema,
  columnsSchema,
  inputSchema,
  orderSchema,
} from '../transform-parts.ts';
import { defineVerb } from './verb.ts';

const lookupSchema = z
  .strictObject({
    from: inputSchema,
    in: inputSchema
      .describe('The step in which the values are looked up.')
      .meta({ examples: ['customers', 'rates'] }),
    on: z
      .union([z.record(columnSchema, columnSchema), columnsSchema])
      .describe(
        'Columns that must be equal: name in `from` to name in `in`, or a list of names that both have.',
      )
      .meta({ examples: [{ customer_id: 'id' }, ['currency']] }),
    columns: z
      .union([z.record(z.string().min(1), columnSchema), columnsSchema])
      .describe('Columns to add: a list of names, or new names with those in `in`.')
      .meta({ examples: [['country'], { customer_country: 'country' }] }),
    onSeveral: z
      .enum(['fail', 'null', 'first'])
      .optional()
      .describe(
        'When several rows match. fail: the run stops and names the values. null: NULL. first: the first by `order`. Default fail.',
      )
      .meta({ examples: ['first'] }),
    order: orderSchema.optional(),
    onMissing: z
      .enum(['null', 'fail'])
      .optional()
      .describe(
        'When no row matches. null: NULL. fail: the run stops and names the values. NULL matches nothing. Default null.',
      )
      .meta({ examples: ['fail'] }),
  })
  .describe('Adds columns from the matching row of another step; rows stay as many as they are.')
  .meta({
    examples: [{ from: 'orders', in: 'customers', on: { customer_id: 'id' }, columns: ['country'] }],
  });

export const lookupVerb = defineVerb({
  name: 'lookup',
  kind: 'transform',
  schema: z
    .strictObject({ lookup: lookupSchema, ...besideTransform })
    .describe('Adds columns from the matching row of another step; rows stay as many as they are.'),
  inputs: [['from'], ['in']],
  isReadable: true,
  writes: false,
});
