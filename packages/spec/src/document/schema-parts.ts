import { z } from 'zod';

import { parseDuration } from './duration.ts';
import { parseSize } from './size.ts';

/** Message by which a failed refinement names its entry of the catalogue. */
export const DURATION_ISSUE = 'durationInvalid';

export const durationSchema = z
  .string()
  .refine((text) => parseDuration(text) !== undefined, { message: DURATION_ISSUE })
  .describe('A duration: amounts with the units d, h, m, s, ms, us.')
  .meta({ examples: ['5m', '1h30m'] });

/** Message by which a failed refinement names its entry of the catalogue. */
export const SIZE_ISSUE = 'sizeInvalid';

export const sizeSchema = z
  .string()
  .refine((text) => parseSize(text) !== undefined, { message: SIZE_ISSUE })
  .describe('A size with a unit: KiB, MiB, GiB, KB, MB, GB.')
  .meta({ examples: ['512MiB'] });

/** Names of steps, connections and pipelines: they appear in file names, events and addresses. */
export const NAME_PATTERN = /^[A-Za-z][A-Za-z0-9_-]{0,62}$/;

export const connectionNameSchema = z
  .string()
  .min(1)
  .describe('Name of a connection in millrace.yaml.')
  .meta({ examples: ['shop', 'warehouse'] });

export const tableReferenceSchema = z
  .string()
  .min(1)
  .describe(
    'A table: schema.table, or the table alone where the system has no schemas. Double quotes protect dots.',
  )
  .meta({ examples: ['shop.orders'] });

/** A text that becomes part of a statement; `sql` in its metadata says so to forms and to parameters. */
export const sqlTextSchema = z.string().min(1).meta({ sql: true });

export const globsSchema = z.array(z.string().min(1)).min(1);

export const writeModeSchema = z.enum(['append', 'replace', 'merge', 'scd2']);

export const deleteModeSchema = z.enum(['soft', 'hard', 'ignore']);

export const writeSchema = writeModeSchema
  .optional()
  .describe(
    'append: add rows. replace: build the table anew and swap it in. merge: insert or update by key. scd2: keep every version of a row with its validity. Left out: replace for full loads, merge for incremental ones, append for new files.',
  )
  .meta({ examples: ['merge'] });

export const deletesSchema = deleteModeSchema
  .optional()
  .describe(
    'For merge: what becomes of rows that are gone at the source, which a full load sees, and an incremental one with load.deletes: detect. soft: fill deleted_at. hard: remove the row. ignore: keep it. Left out: soft with load.deletes: detect, else ignore.',
  )
  .meta({ examples: ['soft'] });

export const keySchema = z
  .array(z.string().min(1).meta({ column: true }))
  .min(1)
  .optional()
  .describe('Columns that identify a row, by the names of the source; the key of the source when left out.')
  .meta({ examples: [['id']] });
