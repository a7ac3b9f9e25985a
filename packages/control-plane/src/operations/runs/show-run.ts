import { PipelineError } from '@millrace/connector-sdk';
import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import { proposeEdit, type ProposedEdit } from '../../project/propose-edit.ts';
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
  output: z.custom<
    RunSummary & {
      readonly attemptList: readonly RunAttempt[];
      /** What would let the contracts take in what changed at the source. */
      readonly proposal: ProposedEdit | null;
    }
  >(),
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
    const summary = summarizeRun(found.record, found.plan, await readEvents(store, runId));
    const drifts = summary.tasks.map(({ drift }) => drift);
    return {
      ...summary,
      attemptList: await readAttempts(store, runId),
      proposal: await proposeEdit(context, summary.pipeline, drifts),
    };
  },
});
