import { z } from 'zod';

import { durationSchema } from './schema-parts.ts';

const columnName = z.string().min(1);

export const fullLoadSchema = z.strictObject({
  mode: z.literal('full').describe('Read every row, each time.'),
});

export const incrementalLoadSchema = z.strictObject({
  mode: z
    .literal('incremental')
    .describe('Read only what is new: rows at or after the highest cursor seen, or files not loaded yet.'),
  cursor: columnName
    .optional()
    .describe(
      'Column that rises when a row is inserted or changed. Left out for sources that load new files.',
    )
    .meta({ examples: ['updated_at'] }),
  key: z
    .array(columnName)
    .min(1)
    .optional()
    .describe('Columns that identify a row; the primary key when left out.')
    .meta({ examples: [['id']] }),
  lookback: z
    .union([durationSchema, z.int().min(0)])
    .optional()
    .describe(
      'How far below the high mark to read again, for rows that were committed late. A duration for cursors of time, an amount for numbers.',
    )
    .meta({ examples: ['5m', 1000] }),
  deletes: z
    .literal('detect')
    .optional()
    .describe(
      'Compare the keys at the source with those in the destination after each load, and mark or remove rows that are gone.',
    ),
});

/** How rows are read: everything, or what is new. */
export const loadSchema = z
  .discriminatedUnion('mode', [fullLoadSchema, incrementalLoadSchema])
  .describe('How rows are read.')
  .meta({ examples: [{ mode: 'full' }, { mode: 'incremental', cursor: 'updated_at', lookback: '5m' }] });

export type Load = z.infer<typeof loadSchema>;
