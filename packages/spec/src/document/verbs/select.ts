import { z } from 'zod';

import { globsSchema } from '../schema-parts.ts';
import { besideTransform, columnSchema, columnsSchema, inputSchema, typeSchema } from '../transform-parts.ts';
import { defineVerb } from './verb.ts';

const selectSchema = z
  .strictObject({
    from: inputSchema,
    keep: globsSchema
      .optional()
      .describe('Columns to keep; * stands for any characters. All when left out.')
      .meta({ examples: [['id', 'total_*']] }),
    drop: globsSchema
      .optional()
      .describe('Columns to leave out.')
      .meta({ examples: [['password_hash']] }),
    rename: z
      .record(columnSchema, z.string().min(1))
      .optional()
      .describe('New names by the old ones.')
      .meta({ examples: [{ id: 'order_id' }] }),
    cast: z
      .record(columnSchema, typeSchema)
      .optional()
      .describe(
        'New types by column (its old name). A value that does not fit fails the run; see convert for other ways.',
      )
      .meta({ examples: [{ total: 'decimal(18, 2)' }] }),
    order: columnsSchema
      .optional()
      .describe('Columns that come first, in this order, by their new names; the others follow.')
      .meta({ examples: [['order_id', 'total']] }),
  })
  .describe('Keeps, drops, renames, casts and reorders columns.')
  .meta({ examples: [{ from: 'orders', keep: ['id', 'total'], rename: { id: 'order_id' } }] });

export const selectVerb = defineVerb({
  name: 'select',
  kind: 'transform',
  schema: z
    .strictObject({ select: selectSchema, ...besideTransform })
    .describe('Keeps, drops, renames, casts and reorders columns.'),
  inputs: [['from']],
  isReadable: true,
  writes: false,
});
