import { z } from 'zod';

import { checksSchema } from '../check-list.ts';
import { contractSchema, metadataColumnsSchema, quarantineSchema } from '../contract.ts';
import { loadSchema } from '../load.ts';
import { connectionNameSchema, deletesSchema, globsSchema, keySchema, writeSchema } from '../schema-parts.ts';
import { defineVerb } from './verb.ts';

const replicateSchema = z
  .strictObject({
    from: connectionNameSchema.describe('The connection to read from.'),
    include: globsSchema
      .optional()
      .describe('Tables to copy; * stands for any characters but a dot. All when left out.')
      .meta({ examples: [['shop.*']] }),
    exclude: globsSchema
      .optional()
      .describe('Tables to leave out.')
      .meta({ examples: [['shop.*_log']] }),
    load: loadSchema.optional(),
    into: z
      .strictObject({
        connection: connectionNameSchema.describe('The connection to write to.'),
        schema: z
          .string()
          .min(1)
          .optional()
          .describe('Schema of the copies; the schema at the source when left out.')
          .meta({ examples: ['raw'] }),
      })
      .describe('Where the copies go.')
      .meta({ examples: [{ connection: 'warehouse', schema: 'raw' }] }),
    write: writeSchema,
    key: keySchema,
    deletes: deletesSchema,
  })
  .describe('Copies many tables of a connection into another one, each under its own name.')
  .meta({
    examples: [{ from: 'shop', include: ['shop.*'], into: { connection: 'warehouse', schema: 'raw' } }],
  });

export const replicateVerb = defineVerb({
  name: 'replicate',
  kind: 'load',
  schema: z
    .strictObject({
      replicate: replicateSchema,
      description: z
        .string()
        .optional()
        .describe('What the tables are for.')
        .meta({ examples: ['The shop as it is.'] }),
      contract: contractSchema.optional(),
      quarantine: quarantineSchema.optional(),
      metadataColumns: metadataColumnsSchema.optional(),
      checks: checksSchema
        .optional()
        .describe(
          'What must hold for the rows of each table that has all the columns a check names; rowCount and volume are about every table. All are evaluated, also after the first that fails.',
        )
        .meta({ examples: [[{ notNull: { columns: ['customer_id'], onFailure: 'quarantine' } }]] }),
    })
    .describe('Tables to copy.'),
  inputs: [],
  isReadable: false,
  writes: true,
});
