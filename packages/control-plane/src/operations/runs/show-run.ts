import { PipelineError } from '@millrace/connector-sdk';
import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import type { RunAttempt } from '../../runs/run-record.ts';
import { readAttempts, readEvents, readRun } from '../../runs/run-store.ts';
import { summarizeRun } from '../../runs/run-summary.ts';
import type { RunSummary } from '../../runs/run-summary.ts';

/** One run with its tables and its attempts. */
export const showRun = defineOperation({
  name: 'runs/show-run',
  summary: 'Show a run with its tables and attempts.',
  permission: 'run.read',
  input: z.strictObject({ run: z.string().min(1) }),
  output: z.custom<RunSummary & { readonly attemptList: readonly RunAttempt[] }>(),
  async handler(context, { run }) {
    const store = await context.store();
    const found = await readRun(store, run);
    if (!found) {
      throw new PipelineError({
        code: 'configInvalid',
        blame: 'config',
        retry: 'never',
        message: `There is no run "${run}", or several runs begin so. See: millrace runs`,
      });
    }
    const { runId } = found.record;
    return {
      ...summarizeRun(found.record, found.plan, await readEvents(store, runId)),
      attemptList: await readAttempts(store, runId),
    };
  },
});
