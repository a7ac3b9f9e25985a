import { z } from 'zod';

import { ROW_OPTIONS } from './check-options.ts';
import { columnSchema } from './check-parts.ts';
import { defineCheck } from './check.ts';
import { typeTextSchema } from './type-text.ts';

export const typeCheck = defineCheck({
  name: 'type',
  scope: 'rows',
  onFailure: 'stop',
  schema: z
    .strictObject({
      column: columnSchema,
      is: typeTextSchema
        .describe('The type that every value must convert to without losing anything.')
        .meta({ examples: ['date', 'int64', 'decimal(12, 2)'] }),
      ...ROW_OPTIONS,
    })
    .describe('The values of a column, mostly text, can be read as a type. NULL passes.')
    .meta({ examples: [{ column: 'delivered_on', is: 'date', onFailure: 'quarantine' }] }),
});
