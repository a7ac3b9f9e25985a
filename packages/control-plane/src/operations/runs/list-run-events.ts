import type { RunEvent } from '@millrace/engine';
import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import { readEventsAfter } from '../../runs/run-store.ts';
import { requireRun } from '../../runs/require-run.ts';

/** The events of a run in the order in which they came, page by page. */
export const listRunEvents = defineOperation({
  name: 'runs/list-run-events',
  summary: 'List the events of a run in order.',
  permission: 'run.read',
  input: z.strictObject({
    run: z.string().min(1),
    /** `next` of the page before. */
    after: z.int().min(0).default(0),
    limit: z.int().min(1).max(5_000).default(1_000),
  }),
  output: z.strictObject({
    runId: z.string(),
    events: z.array(z.strictObject({ sequence: z.int(), event: z.custom<RunEvent>() })),
    /** Where the next page begins; null when this is the end for now. */
    next: z.int().nullable(),
  }),
  async handler(context, { run, after, limit }) {
    const store = await context.store();
    const { record } = await requireRun(store, run);
    const events = await readEventsAfter(store, record.runId, after, limit);
    const last = events.length === limit ? events.at(-1) : undefined;
    return { runId: record.runId, events: [...events], next: last?.sequence ?? null };
  },
});
