import { z } from 'zod';

import { checksSchema } from '../check-list.ts';
import { contractSchema, metadataColumnsSchema, quarantineSchema } from '../contract.ts';
import { loadSchema } from '../load.ts';
import { connectionNameSchema, globsSchema, tableReferenceSchema } from '../schema-parts.ts';
import { defineVerb } from './verb.ts';

const sourceSchema = z
  .strictObject({
    connection: connectionNameSchema,
    table: tableReferenceSchema,
    load: loadSchema.optional(),
    columns: z
      .strictObject({
        include: globsSchema
          .optional()
          .describe('Columns to read; * stands for any characters. All when left out.')
          .meta({ examples: [['id', 'total_*']] }),
        exclude: globsSchema
          .optional()
          .describe('Columns to leave out.')
          .meta({ examples: [['password_hash']] }),
      })
      .optional()
      .describe('Which columns to read.')
      .meta({ examples: [{ exclude: ['password_hash'] }] }),
  })
  .describe('Reads a table of a connection.')
  .meta({
    examples: [
      { connection: 'shop', table: 'shop.orders', load: { mode: 'incremental', cursor: 'updated_at' } },
    ],
  });

export const sourceVerb = defineVerb({
  name: 'source',
  kind: 'load',
  schema: z
    .strictObject({
      source: sourceSchema,
      description: z
        .string()
        .optional()
        .describe('What the rows are.')
        .meta({ examples: ['Orders by change.'] }),
      contract: contractSchema.optional(),
      quarantine: quarantineSchema.optional(),
      metadataColumns: metadataColumnsSchema.optional(),
      checks: checksSchema.optional(),
    })
    .describe('A table to read.'),
  inputs: [],
  isReadable: true,
  writes: false,
});
