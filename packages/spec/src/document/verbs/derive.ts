import { z } from 'zod';

import { besideTransform, inputSchema, namedExpressionsSchema } from '../transform-parts.ts';
import { defineVerb } from './verb.ts';

const deriveSchema = z
  .strictObject({
    from: inputSchema,
    columns: namedExpressionsSchema.describe(
      'Expressions by the name of the column that each makes. A name that the input has is replaced in its place; new ones come last. Each expression sees the columns of the input, not those made here.',
    ),
  })
  .describe('Adds columns, or replaces them, by expressions over the row.')
  .meta({ examples: [{ from: 'lines', columns: { total: 'quantity * price' } }] });

export const deriveVerb = defineVerb({
  name: 'derive',
  kind: 'transform',
  schema: z
    .strictObject({ derive: deriveSchema, ...besideTransform })
    .describe('Adds columns, or replaces them, by expressions over the row.'),
  inputs: [['from']],
  isReadable: true,
  writes: false,
});
