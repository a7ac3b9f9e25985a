import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import { giveParameters } from '../../project/give-parameters.ts';
import { parameterInput } from '../../project/parameter-input.ts';
import { loadPipeline } from '../../project/project.ts';
import { enqueueRun } from '../../runs/insert-runs.ts';
import { newRunId } from '../../runs/run-id.ts';
import { triggerOf } from '../../runs/trigger-of.ts';

/** Puts a run of a pipeline into the queue and answers at once; a worker takes it from there. */
export const startRun = defineOperation({
  name: 'runs/start-run',
  summary: 'Put a run of a pipeline into the queue of the server.',
  permission: 'pipeline.run',
  input: z.strictObject({
    pipeline: z.string().min(1),
    isFullRefresh: z.boolean().default(false),
    isVerified: z.boolean().default(false),
    /** Globs over tables; none means all. */
    tables: z.array(z.string().min(1)).default([]),
    parameters: parameterInput,
  }),
  output: z.strictObject({ runId: z.string(), pipeline: z.string(), state: z.literal('queued') }),
  async handler(context, { pipeline, parameters, ...options }) {
    const given = giveParameters(await context.project(), await context.environmentName(), parameters);
    // What is wrong in the text itself is said now and not in a run that fails.
    await loadPipeline(context.projectFolder, context.workingFolder, pipeline, given);
    const runId = newRunId(new Date());
    await enqueueRun(await context.store(), {
      runId,
      pipeline,
      options,
      parameters,
      startedBy: triggerOf(context.caller),
    });
    return { runId, pipeline, state: 'queued' as const };
  },
});
