import { z } from 'zod';

import { globsSchema } from '../schema-parts.ts';
import { besideTransform, inputSchema } from '../transform-parts.ts';
import { defineVerb } from './verb.ts';

const unpivotSchema = z
  .strictObject({
    from: inputSchema,
    columns: globsSchema
      .describe('Columns that become rows; * stands for any characters.')
      .meta({ examples: [['sales_*']] }),
    names: z
      .string()
      .min(1)
      .optional()
      .describe('The column that holds the name of the column a value was in. Default name.')
      .meta({ examples: ['month'] }),
    values: z
      .string()
      .min(1)
      .optional()
      .describe('The column that holds the value. Default value.')
      .meta({ examples: ['sales'] }),
    keepNulls: z
      .boolean()
      .optional()
      .describe('Whether NULL makes a row too. Default false.')
      .meta({ examples: [true] }),
  })
  .describe('Makes rows of columns: one for each column and row.')
  .meta({ examples: [{ from: 'plan', columns: ['sales_*'], names: 'month', values: 'sales' }] });

export const unpivotVerb = defineVerb({
  name: 'unpivot',
  kind: 'transform',
  schema: z
    .strictObject({ unpivot: unpivotSchema, ...besideTransform })
    .describe('Makes rows of columns: one for each column and row.'),
  inputs: [['from']],
  isReadable: true,
  writes: false,
});
