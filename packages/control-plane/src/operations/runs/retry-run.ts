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
    /** Ids of tasks: these again from all rows that are landed, and what is made of their rows. */
    from: z.array(z.string().min(1)).min(1).optional(),
  }),
  output: z.strictObject({ runId: z.string(), pipeline: z.string(), state: z.literal('queued') }),
  async handler(context, { run, isWhole, from }) {
    const store = await context.store();
    const { record, plan } = await requireRun(store, run);
    const { runId: earlier, pipeline, parameters, state } = record;
    const { fromTasks: _before, ...whole } = record.options;
    if (state !== 'failed' && state !== 'cancelled' && !isWhole && from === undefined)
      throw new PipelineError({
        code: 'configInvalid',
        blame: 'config',
        retry: 'never',
        message: `Run ${earlier} ${state === 'succeeded' ? 'got everything done' : 'has not ended yet'}, so there is nothing to run again of it. To run the whole pipeline: millrace run ${pipeline}`,
      });
    const unknown = from?.find((id) => !plan.tasks.some((task) => task.id === id));
    if (unknown !== undefined)
      throw new PipelineError({
        code: 'configInvalid',
        blame: 'config',
        retry: 'never',
        message: `Run ${earlier} has no task "${unknown}". Its tasks are in: millrace runs ${earlier} --json`,
      });
    const runId = newRunId(new Date());
    await enqueueRun(store, {
      runId,
      pipeline,
      options: { ...whole, ...(from === undefined ? {} : { fromTasks: from, isFullRefresh: true }) },
      parameters,
      startedBy: triggerOf(context.caller),
      ...(isWhole ? {} : { rerunOf: earlier }),
    });
    return { runId, pipeline, state: 'queued' as const };
  },
});
