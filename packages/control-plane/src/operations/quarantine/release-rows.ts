import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import { selectionSchema } from '../../quarantine/ask-quarantine.ts';
import { decide } from '../../quarantine/decide.ts';
import type { RunSummary } from '../../runs/run-summary.ts';

/** Lets rows pass the checks that set them aside, and makes what comes of them. */
export const releaseRows = defineOperation({
  name: 'quarantine/release-rows',
  summary: 'Let rows in quarantine pass the checks that they fail.',
  permission: 'data.write',
  input: z.strictObject({ pipeline: z.string(), ...selectionSchema, note: z.string().optional() }),
  output: z.strictObject({
    /** Rows that were meant. */
    rows: z.number(),
    /** Those that were not released before. */
    decided: z.number(),
    run: z.custom<RunSummary>().nullable(),
  }),
  async handler(context, { pipeline, note, ...selection }, signal) {
    const toMake = { pipeline, decision: 'release', selection, note: note ?? null } as const;
    const { rows, decided, run } = await decide(context, toMake, signal);
    return { rows, decided, run };
  },
});
