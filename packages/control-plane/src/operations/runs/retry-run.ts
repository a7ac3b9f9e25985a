import { PipelineError } from '@millrace/connector-sdk';
import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import { enqueueRun } from '../../runs/insert-runs.ts';
import { requireRun } from '../../runs/require-run.ts';
import { newRunId } from '../../runs/run-id.ts';
import { triggerOf } from '../../runs/trigger-of.ts';

/**
 * Runs again what a run did not get done, as a run of its own: tables that it published are not loaded again, and rows
 * that it landed are used as they are. What the document says otherwise by now is done anew.
 */
export const retryRun = defineOperation({
  name: 'runs/retry-run',
  summary: 'Run again what a run did not get done.',
  permission: 'pipeline.run',
  input: z.strictObject({
    run: z.string().min(1),
    /** Everything again, also what was done. */
    isWhole: z.boolean().default(false),
  }),
  output: z.strictObject({ runId: z.string(), pipeline: z.string(), state: z.literal('queued') }),
  async handler(context, { run, isWhole }) {
    const store = await context.store();
    const { record } = await requireRun(store, run);
    const { runId: earlier, pipeline, options, parameters, state } = record;
    if (state !== 'failed' && state !== 'cancelled' && !isWhole)
      throw new PipelineError({
        code: 'configInvalid',
        blame: 'config',
        retry: 'never',
        message: `Run ${earlier} ${state === 'succeeded' ? 'got everything done' : 'has not ended yet'}, so there is nothing to run again of it. To run the whole pipeline: millrace run ${pipeline}`,
      });
    const runId = newRunId(new Date());
    await enqueueRun(store, {
      runId,
      pipeline,
      options,
      parameters,
      startedBy: triggerOf(context.caller),
      ...(isWhole ? {} : { rerunOf: earlier }),
    });
    return { runId, pipeline, state: 'queued' as const };
  },
});
