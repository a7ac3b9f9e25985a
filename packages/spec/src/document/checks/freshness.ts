import { z } from 'zod';

import { durationSchema } from '../schema-parts.ts';
import { datasetOptions } from './check-options.ts';
import { columnSchema } from './check-parts.ts';
import { defineCheck } from './check.ts';

export const freshnessCheck = defineCheck({
  name: 'freshness',
  scope: 'dataset',
  onFailure: 'warn',
  schema: z
    .strictObject({
      column: columnSchema
        .describe('A date or time of each row; times without a zone are read as UTC.')
        .meta({ examples: ['updated_at'] }),
      within: durationSchema
        .describe('How old the newest value may be when the run checks it.')
        .meta({ examples: ['2h'] }),
      ...datasetOptions('warn'),
    })
    .describe('The newest row is not older than a duration. Without rows it fails.')
    .meta({ examples: [{ column: 'updated_at', within: '2h' }] }),
});
