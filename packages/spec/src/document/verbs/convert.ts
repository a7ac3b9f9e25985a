import { z } from 'zod';

import { besideTransform, columnSchema, inputSchema, typeSchema } from '../transform-parts.ts';
import { defineVerb } from './verb.ts';

export const dateFormatsSchema = z
  .array(z.string().min(1))
  .min(1)
  .describe(
    "Forms of dates in the text, tried in this order, with the letters of DuckDB's strptime: %Y year, %m month, %d day, %b Jan, %H hour, %M minute, %S second, %z offset.",
  )
  .meta({ examples: [['%Y-%m-%d', '%d.%m.%Y']] });

const conversionSchema = z
  .strictObject({
    to: typeSchema,
    onFailure: z
      .enum(['fail', 'null', 'default', 'keepText'])
      .optional()
      .describe(
        'What becomes of a value that is not one of the type, or would lose something in it. fail: the run stops and names the value. null: NULL. default: the value of `default`. keepText: NULL, and the text as it was in a column beside. Default fail.',
      )
      .meta({ examples: ['null'] }),
    default: z
      .union([z.string(), z.number(), z.boolean()])
      .optional()
      .describe('For onFailure: default, the value instead.')
      .meta({ examples: [0] }),
    textColumn: z
      .string()
      .min(1)
      .optional()
      .describe('For onFailure: keepText, the column that gets the text. Default the name with _text.')
      .meta({ examples: ['amount_text'] }),
    formats: dateFormatsSchema.optional(),
  })
  .describe('How one column is converted.')
  .meta({ examples: [{ to: 'date', formats: ['%d.%m.%Y'], onFailure: 'null' }] });

const convertSchema = z
  .strictObject({
    from: inputSchema,
    columns: z
      .record(columnSchema, z.union([typeSchema, conversionSchema]))
      .describe('The new type by column, or how it is converted.')
      .meta({ examples: [{ id: 'int64', amount: { to: 'decimal(18, 2)', onFailure: 'null' } }] }),
  })
  .describe('Converts columns to other types, exactly or not at all.')
  .meta({
    examples: [
      { from: 'orders', columns: { id: 'int64', amount: { to: 'decimal(18, 2)', onFailure: 'null' } } },
    ],
  });

export const convertVerb = defineVerb({
  name: 'convert',
  kind: 'transform',
  schema: z
    .strictObject({ convert: convertSchema, ...besideTransform })
    .describe('Converts columns to other types, exactly or not at all.'),
  inputs: [['from']],
  isReadable: true,
  writes: false,
});
