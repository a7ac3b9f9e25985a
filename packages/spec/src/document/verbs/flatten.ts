import { z } from 'zod';

import { globsSchema } from '../schema-parts.ts';
import { besideTransform, columnSchema, columnsSchema, inputSchema, typeSchema } from '../transform-parts.ts';
import { outputNameSchema } from './split.ts';
import { defineVerb } from './verb.ts';

const pathSchema = z
  .string()
  .min(1)
  .describe(
    'Where a value is: keys with dots between, [0] for the first item of a list, double quotes around keys with other characters; $ for the whole.',
  )
  .meta({ examples: ['customer.name', 'tags[0]', '"ship to".city'] });

const fieldsSchema = z
  .record(
    z.string().min(1),
    z.union([
      pathSchema,
      z
        .strictObject({
          path: pathSchema,
          type: typeSchema.optional(),
          onFailure: z
            .enum(['fail', 'null'])
            .optional()
            .describe(
              'What becomes of a value that is not exactly of the type. fail: the run stops and names it. null: NULL. Default fail.',
            )
            .meta({ examples: ['null'] }),
        })
        .describe('Where a value is, and its type; a string when that is left out.')
        .meta({ examples: [{ path: 'total', type: 'decimal(18, 2)' }] }),
    ]),
  )
  .describe('Columns to make: where the value of each is. What is missing is NULL.')
  .meta({ examples: [{ customer: 'customer.name', total: { path: 'total', type: 'decimal(18, 2)' } }] });

const indexSchema = z
  .string()
  .min(1)
  .describe('The column that gets the place of an item in its list, from 1.')
  .meta({ examples: ['line'] });

const childSchema = z
  .strictObject({
    path: pathSchema.describe('The list whose items become rows.').meta({ examples: ['items'] }),
    fields: fieldsSchema.describe('Columns to make, with paths within an item.'),
    key: columnsSchema
      .optional()
      .describe('Columns of the input that each row gets to find its parent. Default its key.')
      .meta({ examples: [['id']] }),
    index: indexSchema
      .optional()
      .describe('The column that gets the place of an item in its list, from 1. Default position.'),
  })
  .describe('Rows of their own, one for each item of a list.')
  .meta({ examples: [{ path: 'items', fields: { sku: 'sku' } }] });

const flattenSchema = z
  .strictObject({
    from: inputSchema,
    column: columnSchema
      .describe('The column that holds JSON, as such or as text.')
      .meta({ examples: ['payload'] }),
    fields: fieldsSchema.optional(),
    each: pathSchema
      .optional()
      .describe(
        'A list: each of its items becomes a row, and the paths of `fields` are those within an item.',
      )
      .meta({ examples: ['items'] }),
    index: indexSchema.optional(),
    keepEmpty: z
      .boolean()
      .optional()
      .describe(
        'With each: rows whose list is empty or missing stay, with NULL in the fields. Default false.',
      )
      .meta({ examples: [true] }),
    children: z
      .record(outputNameSchema, childSchema)
      .optional()
      .describe('Lists that become rows of their own, which other steps read as step.name.')
      .meta({ examples: [{ items: { path: 'items', fields: { sku: 'sku' } } }] }),
    keep: globsSchema
      .optional()
      .describe('Columns of the input to keep; * stands for any characters. Default all but `column`.')
      .meta({ examples: [['id', 'created_*']] }),
  })
  .describe('Makes columns and rows of JSON.')
  .meta({
    examples: [
      {
        from: 'events',
        column: 'payload',
        fields: { customer: 'customer.name', total: { path: 'total', type: 'decimal(18, 2)' } },
        children: { items: { path: 'items', fields: { sku: 'sku' } } },
      },
    ],
  });

export const flattenVerb = defineVerb({
  name: 'flatten',
  kind: 'transform',
  schema: z
    .strictObject({ flatten: flattenSchema, ...besideTransform })
    .describe('Makes columns and rows of JSON.'),
  inputs: [['from']],
  outputs: [['children']],
  isReadable: true,
  writes: false,
});
