import { z } from 'zod';

import { datasetOptions } from './check-options.ts';
import { defineCheck } from './check.ts';
import { typeTextSchema } from './type-text.ts';

export const schemaCheck = defineCheck({
  name: 'schema',
  scope: 'dataset',
  onFailure: 'stop',
  schema: z
    .strictObject({
      columns: z
        .record(z.string(), z.union([z.literal('any'), typeTextSchema]))
        .describe('The columns that must be there, with their types; any for one whose type does not matter.')
        .meta({ examples: [{ id: 'int64', status: 'string', payload: 'any' }] }),
      others: z
        .enum(['allow', 'refuse'])
        .optional()
        .describe('What to make of columns that are not listed. Default allow.')
        .meta({ examples: ['refuse'] }),
      ...datasetOptions('stop'),
    })
    .describe('The step has the listed columns, with these types.')
    .meta({ examples: [{ columns: { id: 'int64', status: 'string' }, others: 'refuse' }] }),
});
