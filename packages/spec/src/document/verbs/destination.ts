import { z } from 'zod';

import {
  connectionNameSchema,
  deletesSchema,
  keySchema,
  tableReferenceSchema,
  writeSchema,
} from '../schema-parts.ts';
import { defineVerb } from './verb.ts';

const destinationSchema = z
  .strictObject({
    from: z
      .string()
      .min(1)
      .describe('The step whose rows are written.')
      .meta({ examples: ['orders'] }),
    connection: connectionNameSchema,
    table: tableReferenceSchema,
    write: writeSchema,
    key: keySchema,
    deletes: deletesSchema,
  })
  .describe('Writes the rows of a step into a table.')
  .meta({
    examples: [
      { from: 'orders', connection: 'warehouse', table: 'mart.orders', write: 'merge', key: ['id'] },
    ],
  });

export const destinationVerb = defineVerb({
  name: 'destination',
  kind: 'load',
  schema: z
    .strictObject({
      destination: destinationSchema,
      description: z
        .string()
        .optional()
        .describe('Who reads the table.')
        .meta({ examples: ['The sales dashboard.'] }),
    })
    .describe('A table to write.'),
  inputs: [['from']],
  isReadable: false,
  writes: true,
});
