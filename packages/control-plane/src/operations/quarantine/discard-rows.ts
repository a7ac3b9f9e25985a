import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import { selectionSchema } from '../../quarantine/ask-quarantine.ts';
import { decide } from '../../quarantine/decide.ts';
import type { RunSummary } from '../../runs/run-summary.ts';

/** Drops rows in quarantine, for as long as they stay as they are and nobody restores them. */
export const discardRows = defineOperation({
  name: 'quarantine/discard-rows',
  summary: 'Drop rows in quarantine until they change or are restored.',
  permission: 'data.write',
  input: z.strictObject({ pipeline: z.string(), ...selectionSchema, note: z.string().optional() }),
  output: z.strictObject({
    /** Rows that were meant. */
    rows: z.number(),
    /** Those that were not discarded before. */
    decided: z.number(),
    /** When, ISO 8601 UTC; `quarantine/restore-rows` takes it. */
    at: z.string(),
    run: z.custom<RunSummary>().nullable(),
  }),
  async handler(context, { pipeline, note, ...selection }, signal) {
    return await decide(context, { pipeline, decision: 'discard', selection, note: note ?? null }, signal);
  },
});
