import { z } from 'zod';

import { besideTransform, columnSchema, inputSchema } from '../transform-parts.ts';
import { defineVerb } from './verb.ts';

const REFERENCE = /^\$\{(?:env|secret):[A-Za-z_][A-Za-z0-9_.-]{0,127}\}$/;

const method = <Name extends string>(name: Name) => z.literal(name).describe('The way of masking.');

const methodSchema = z
  .discriminatedUnion('method', [
    z
      .strictObject({ method: method('hash') })
      .describe('A keyed hash of 64 characters: equal for equal values, and of no use without the key.'),
    z
      .strictObject({ method: method('tokenize') })
      .describe('A token that is equal for equal values, and that `reveal` with the same key turns back.'),
    z.strictObject({ method: method('reveal') }).describe('The text of which `tokenize` made the token.'),
    z
      .strictObject({
        method: method('redact'),
        with: z
          .union([z.string(), z.number(), z.boolean()])
          .optional()
          .describe('The value to put there; [redacted], 0, false or 1970-01-01 by type when left out.')
          .meta({ examples: ['***'] }),
      })
      .describe('One constant for all values; NULL stays NULL.'),
    z
      .strictObject({
        method: method('partial'),
        first: z
          .int()
          .min(0)
          .max(1000)
          .optional()
          .describe('Characters to keep at the beginning. Default 0.')
          .meta({ examples: [2] }),
        last: z
          .int()
          .min(0)
          .max(1000)
          .optional()
          .describe('Characters to keep at the end. Default 0.')
          .meta({ examples: [4] }),
        fill: z
          .string()
          .length(1)
          .optional()
          .describe('What stands for each other character. Default *.')
          .meta({ examples: ['x'] }),
      })
      .describe('Keeps the ends of a text; one that would be kept as a whole is hidden as a whole.'),
    z
      .strictObject({
        method: method('generalize'),
        size: z
          .int()
          .min(1)
          .max(1_000_000_000)
          .optional()
          .describe('For numbers: the size of a range, whose lower end stays.')
          .meta({ examples: [10] }),
        unit: z
          .enum(['year', 'quarter', 'month', 'week', 'day', 'hour'])
          .optional()
          .describe('For dates and times: the period whose beginning stays.')
          .meta({ examples: ['month'] }),
        prefix: z
          .int()
          .min(0)
          .max(1000)
          .optional()
          .describe('For texts: how many characters stay.')
          .meta({ examples: [3] }),
      })
      .describe('Makes many values one: numbers by range, dates by period, texts by their beginning.'),
    z
      .strictObject({
        method: method('shiftDate'),
        subject: columnSchema
          .describe('The column that tells whose date it is: all dates of one subject move alike.')
          .meta({ examples: ['customer_id'] }),
        days: z
          .int()
          .min(1)
          .max(36500)
          .optional()
          .describe('How many days they move at most, in either direction, and one at least. Default 365.')
          .meta({ examples: [30] }),
      })
      .describe('Moves a date by days that only the key tells; intervals within a subject stay.'),
    z.strictObject({ method: method('drop') }).describe('Leaves the column out.'),
  ])
  .describe('How one column is masked.')
  .meta({ examples: [{ method: 'hash' }, { method: 'partial', last: 4 }] });

const maskSchema = z
  .strictObject({
    from: inputSchema,
    key: z
      .string()
      .refine((text) => REFERENCE.test(text), {
        message: 'must be a reference to the key, never the key itself: ${secret:NAME} or ${env:NAME}',
      })
      .optional()
      .describe(
        'Where the key is: ${secret:NAME} or ${env:NAME}, never the key itself. Needed by hash, tokenize, reveal and shiftDate. The same key gives the same tokens everywhere.',
      )
      .meta({ examples: ['${secret:MASK_KEY}'] }),
    columns: z
      .record(columnSchema, methodSchema)
      .describe('How each column is masked; the others stay as they are.')
      .meta({ examples: [{ email: { method: 'hash' }, phone: { method: 'partial', last: 3 } }] }),
  })
  .describe('Hides personal data: the same value always becomes the same token for one key.')
  .meta({
    examples: [
      {
        from: 'customers',
        key: '${secret:MASK_KEY}',
        columns: {
          email: { method: 'hash' },
          phone: { method: 'partial', last: 3 },
          born: { method: 'shiftDate', subject: 'id' },
          notes: { method: 'drop' },
        },
      },
    ],
  });

export const maskVerb = defineVerb({
  name: 'mask',
  kind: 'transform',
  schema: z
    .strictObject({ mask: maskSchema, ...besideTransform })
    .describe('Hides personal data: the same value always becomes the same token for one key.'),
  inputs: [['from']],
  isReadable: true,
  writes: false,
});
