import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import { selectionSchema } from '../../quarantine/ask-quarantine.ts';
import { decide } from '../../quarantine/decide.ts';
import type { RunSummary } from '../../runs/run-summary.ts';

const { step, rows } = selectionSchema;

/** Takes back that rows were discarded: they are set aside again. What was released is published, and only a rollback takes it back. */
export const restoreRows = defineOperation({
  name: 'quarantine/restore-rows',
  summary: 'Take discarded rows back into quarantine.',
  permission: 'data.write',
  input: z.strictObject({
    pipeline: z.string(),
    step,
    rows,
    /** When they were discarded, as `quarantine/discard-rows` and `quarantine/list-decisions` say it. */
    at: z.iso.datetime().optional(),
    note: z.string().optional(),
  }),
  output: z.strictObject({
    /** Rows that are in quarantine again, unless they changed or are gone. */
    rows: z.number(),
    run: z.custom<RunSummary>().nullable(),
  }),
  async handler(context, { pipeline, note, ...selection }, signal) {
    const toMake = { pipeline, decision: 'restore', selection, note: note ?? null } as const;
    const made = await decide(context, toMake, signal);
    return { rows: made.rows, run: made.run };
  },
});
