import { z } from 'zod';

import {
  besideTransform,
  columnSchema,
  columnsSchema,
  expressionSchema,
  inputSchema,
} from '../transform-parts.ts';
import { defineVerb } from './verb.ts';

const joined = {
  right: inputSchema.describe('The step whose rows are joined.').meta({ examples: ['customers'] }),
  type: z
    .enum(['inner', 'left', 'right', 'full', 'semi', 'anti', 'asof'])
    .optional()
    .describe(
      'inner: pairs that match. left, right, full: also the rows of that side, or both, that match nothing. semi: rows of the left that match, once each. anti: those that do not. asof: each row of the left with the nearest row of the right, by the condition in `asof`, or with NULL. Default inner.',
    )
    .meta({ examples: ['left'] }),
  on: z
    .union([z.record(columnSchema, columnSchema), columnsSchema])
    .describe('Columns that must be equal: left name to right name, or a list of names that both sides have.')
    .meta({ examples: [{ customer_id: 'id' }, ['customer_id']] }),
  asof: expressionSchema
    .optional()
    .describe(
      'For asof joins: one inequality between the two sides, whose columns are called by the names of the steps, such as orders.ordered_at >= prices.valid_from.',
    )
    .meta({ examples: ['orders.ordered_at >= prices.valid_from'] }),
  where: expressionSchema
    .optional()
    .describe('A further condition of a match, over the columns of both sides.')
    .meta({ examples: ['customers.is_active'] }),
  columnsRight: columnsSchema
    .optional()
    .describe(
      'Columns to take from the right side; all when left out, but not those of `on` in inner and left joins.',
    )
    .meta({ examples: [['name', 'country']] }),
  prefixRight: z
    .string()
    .optional()
    .describe(
      'Put before the names of all columns of the right side. Without it, a name that both sides have is an error.',
    )
    .meta({ examples: ['customer_'] }),
};

const joinSchema = z
  .strictObject({
    left: inputSchema.describe('The step whose rows are joined to.').meta({ examples: ['orders'] }),
    ...joined,
    and: z
      .array(z.strictObject(joined))
      .min(1)
      .optional()
      .describe('Further steps, each joined to the result so far.')
      .meta({ examples: [[{ right: 'products', on: { product_id: 'id' }, prefixRight: 'product_' }]] }),
  })
  .describe('Puts the rows of two or more steps side by side.')
  .meta({
    examples: [
      {
        left: 'orders',
        right: 'customers',
        type: 'left',
        on: { customer_id: 'id' },
        prefixRight: 'customer_',
      },
    ],
  });

export const joinVerb = defineVerb({
  name: 'join',
  kind: 'transform',
  schema: z
    .strictObject({ join: joinSchema, ...besideTransform })
    .describe('Puts the rows of two or more steps side by side.'),
  inputs: [['left'], ['right'], ['and', '*', 'right']],
  isReadable: true,
  writes: false,
});
