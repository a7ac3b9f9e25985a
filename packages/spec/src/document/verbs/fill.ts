import { z } from 'zod';

import {
  besideTransform,
  columnSchema,
  columnsSchema,
  expressionSchema,
  inputSchema,
  orderSchema,
} from '../transform-parts.ts';
import { defineVerb } from './verb.ts';

const fillingSchema = z
  .strictObject({
    value: expressionSchema
      .optional()
      .describe('An expression over the row, as it was before anything was filled.')
      .meta({ examples: ['0', "'unknown'"] }),
    with: z
      .enum(['previous', 'next', 'mean', 'median', 'mode'])
      .optional()
      .describe(
        'previous, next: the nearest value before or after it in `order`. mean, median: of a number, rounded to its type. mode: the most frequent value, the smallest of several.',
      )
      .meta({ examples: ['previous'] }),
    order: orderSchema.optional(),
    partition: columnsSchema
      .optional()
      .describe('Columns that make a group; values come from the same group only.')
      .meta({ examples: [['device']] }),
  })
  .describe('What is put where NULL is: `value`, or `with` and what it needs.')
  .meta({
    examples: [{ value: '0' }, { with: 'previous', order: ['measured_at'], partition: ['device'] }],
  });

const fillSchema = z
  .strictObject({
    from: inputSchema,
    columns: z
      .record(columnSchema, fillingSchema)
      .describe('What fills each column: a value, its previous or next value, or its mean, median or mode.')
      .meta({
        examples: [{ country: { value: "'unknown'" }, level: { with: 'previous', order: ['measured_at'] } }],
      }),
  })
  .describe('Puts values where NULL is.')
  .meta({ examples: [{ from: 'orders', columns: { discount: { value: '0' } } }] });

export const fillVerb = defineVerb({
  name: 'fill',
  kind: 'transform',
  schema: z.strictObject({ fill: fillSchema, ...besideTransform }).describe('Puts values where NULL is.'),
  inputs: [['from']],
  isReadable: true,
  writes: false,
});
