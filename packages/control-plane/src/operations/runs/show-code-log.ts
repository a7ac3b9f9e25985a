import type { RunEvent } from '@millrace/engine';
import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import { requireRun } from '../../runs/require-run.ts';
import { readEvents } from '../../runs/run-store.ts';

/** A line that the code of a step wrote with `console`. */
export type CodeLogEvent = Extract<RunEvent, { type: 'codeLogged' }>;

/** What the code of a run's steps logged, in the order in which it came. */
export const showCodeLog = defineOperation({
  name: 'runs/show-code-log',
  summary: 'Show what the code of the steps of a run logged.',
  permission: 'run.read',
  input: z.strictObject({ run: z.string().min(1) }),
  output: z.strictObject({ run: z.string(), lines: z.array(z.custom<CodeLogEvent>()) }),
  async handler(context, { run }) {
    const store = await context.store();
    const found = await requireRun(store, run);
    const { runId } = found.record;
    const events = await readEvents(store, runId);
    return { run: runId, lines: events.filter((event) => event.type === 'codeLogged') };
  },
});
