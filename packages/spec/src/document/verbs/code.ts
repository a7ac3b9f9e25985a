import { z } from 'zod';

import { durationSchema, sizeSchema } from '../schema-parts.ts';
import { besideTransform, inputSchema, typeSchema } from '../transform-parts.ts';
import { defineVerb } from './verb.ts';

/** Folders and a file below `transforms`; no part begins with a dot, so none leads out of it. */
const FILE_PATTERN = /^(?:[A-Za-z0-9_][A-Za-z0-9_.-]*\/)*[A-Za-z0-9_][A-Za-z0-9_.-]*\.ts$/;

const returnedSchema = z
  .union([
    typeSchema,
    z
      .strictObject({
        type: typeSchema,
        nullable: z
          .boolean()
          .describe('False when the function never returns null for it, which every row is held to.')
          .meta({ examples: [false] }),
      })
      .describe('A type, and whether there may be NULL.')
      .meta({ examples: [{ type: 'string', nullable: false }] }),
  ])
  .describe('The type of a column that the function returns.')
  .meta({ examples: ['string', { type: 'int64', nullable: false }] });

const codeSchema = z
  .strictObject({
    from: inputSchema,
    file: z
      .string()
      .refine((text) => FILE_PATTERN.test(text), {
        message: 'is no TypeScript file below the folder transforms; write a path such as names/slug.ts',
      })
      .optional()
      .describe(
        "A TypeScript file in the project's folder transforms, whose default export is the function. Either this or `source`.",
      )
      .meta({ examples: ['slug.ts'] }),
    source: z
      .string()
      .min(1)
      .meta({ code: true })
      .optional()
      .describe('The TypeScript itself, for a few lines.')
      .meta({ examples: ['export default (row) => ({ slug: row.name.toLowerCase() });'] }),
    mode: z
      .enum(['rows', 'batches'])
      .optional()
      .describe(
        'What the function is called with. rows: one row, which is all that its result may depend on, so that only changed rows are computed again. batches: an object with one array per column, of up to 16,384 rows; all rows are computed again when one changed. Default rows.',
      )
      .meta({ examples: ['rows'] }),
    columns: z
      .record(z.string().min(1), returnedSchema)
      .describe(
        'The columns that the function returns, with their types. A name that the input has is replaced in its place; new ones come last.',
      )
      .meta({ examples: [{ slug: 'string' }] }),
    reads: z
      .array(z.string().min(1))
      .min(1)
      .optional()
      .describe(
        'Columns of the input that the function is given; * stands for any characters. Default all. What it is not given costs nothing, and lineage knows it.',
      )
      .meta({ examples: [['name', 'price_*']] }),
    keep: z
      .array(z.string().min(1))
      .optional()
      .describe(
        'Columns of the input that stay beside those that the function returns; * stands for any characters, and [] keeps none. Default all.',
      )
      .meta({ examples: [['id', 'created_*']] }),
    key: z
      .array(z.string().min(1))
      .optional()
      .describe(
        'Columns of the result that identify a row; [] when none do. Default the key of the input, where its columns stay; the function then returns at most one row for each.',
      )
      .meta({ examples: [['order_id', 'line']] }),
    limits: z
      .strictObject({
        memory: sizeSchema
          .optional()
          .describe('Memory of the function, with a unit: KiB, MiB, GiB, KB, MB, GB. Default 256MiB.')
          .meta({ examples: ['256MiB'] }),
        timeout: durationSchema
          .optional()
          .describe('How long it may take for one batch of up to 16,384 rows. Default 30s.')
          .meta({ examples: ['30s'] }),
      })
      .optional()
      .describe('How much the function may use.')
      .meta({ examples: [{ memory: '256MiB', timeout: '30s' }] }),
  })
  .describe('Runs a TypeScript function over each row, in a sandbox.')
  .meta({
    examples: [{ from: 'products', file: 'slug.ts', columns: { slug: 'string' }, reads: ['name'] }],
  });

export const codeVerb = defineVerb({
  name: 'code',
  kind: 'transform',
  schema: z
    .strictObject({ code: codeSchema, ...besideTransform })
    .describe('Runs a TypeScript function over each row, in a sandbox.'),
  inputs: [['from']],
  isReadable: true,
  writes: false,
});
