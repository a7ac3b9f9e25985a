import { z } from 'zod';

import { besideTransform, columnSchema, inputSchema, typeSchema } from '../transform-parts.ts';
import { dateFormatsSchema } from './convert.ts';
import { defineVerb } from './verb.ts';

const numberSchema = z
  .strictObject({
    to: typeSchema,
    decimal: z
      .string()
      .length(1)
      .optional()
      .describe('What stands before the fraction. Default a point.')
      .meta({ examples: [','] }),
    thousands: z
      .string()
      .length(1)
      .optional()
      .describe('What stands between groups of three digits. None when left out.')
      .meta({ examples: ['.'] }),
    units: z
      .record(z.string().min(1), z.number())
      .optional()
      .describe('What may follow the number, in any case, and what it is multiplied by.')
      .meta({ examples: [{ k: 1000, m: 1_000_000, '%': 0.01 }] }),
  })
  .describe('Reads the text as a number.')
  .meta({ examples: [{ to: 'decimal(18, 2)', decimal: ',', thousands: '.', units: { k: 1000 } }] });

const cleaningSchema = z
  .strictObject({
    trim: z
      .boolean()
      .optional()
      .describe('Takes spaces of every kind off both ends.')
      .meta({ examples: [true] }),
    collapseSpaces: z
      .boolean()
      .optional()
      .describe('Makes one space of several, of whatever kind.')
      .meta({ examples: [true] }),
    nullTokens: z
      .array(z.string())
      .min(1)
      .optional()
      .describe('Texts that stand for NULL, in any case.')
      .meta({ examples: [['', 'n/a', '-']] }),
    case: z
      .enum(['lower', 'upper', 'title'])
      .optional()
      .describe('Writes letters small or large; title: the first one of each word large, the others small.')
      .meta({ examples: ['lower'] }),
    dateFormats: dateFormatsSchema.optional(),
    number: numberSchema.optional(),
    onFailure: z
      .enum(['fail', 'null'])
      .optional()
      .describe(
        'What becomes of a text that is no date or number of the given form. fail: the run stops and names the text. null: NULL. Default fail.',
      )
      .meta({ examples: ['null'] }),
  })
  .describe('What is done to one column, in this order.')
  .meta({ examples: [{ trim: true, nullTokens: ['n/a'], case: 'lower' }] });

const cleanSchema = z
  .strictObject({
    from: inputSchema,
    columns: z
      .record(columnSchema, cleaningSchema)
      .describe('What is done by column; the column must be text.')
      .meta({ examples: [{ email: { trim: true, case: 'lower' } }] }),
  })
  .describe('Brings texts into one form: spaces, case, signs for NULL, dates and numbers.')
  .meta({
    examples: [
      {
        from: 'orders',
        columns: {
          email: { trim: true, nullTokens: ['', 'n/a'], case: 'lower' },
          ordered: { dateFormats: ['%d.%m.%Y'] },
          amount: { number: { to: 'decimal(18, 2)', decimal: ',', thousands: '.' } },
        },
      },
    ],
  });

export const cleanVerb = defineVerb({
  name: 'clean',
  kind: 'transform',
  schema: z
    .strictObject({ clean: cleanSchema, ...besideTransform })
    .describe('Brings texts into one form: spaces, case, signs for NULL, dates and numbers.'),
  inputs: [['from']],
  isReadable: true,
  writes: false,
});
