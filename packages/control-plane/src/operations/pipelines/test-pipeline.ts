import type { StepTestResult } from '@millrace/engine';
import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import { preparePlan } from '../../project/prepare-plan.ts';
import { loadPipeline } from '../../project/project.ts';

/** Runs the examples of a pipeline's document over its compiled steps. */
export const testPipeline = defineOperation({
  name: 'pipelines/test-pipeline',
  summary: 'Run the tests of a pipeline over its steps, in memory.',
  permission: 'pipeline.read',
  input: z.strictObject({ pipeline: z.string() }),
  output: z.strictObject({
    pipeline: z.string(),
    isPassed: z.boolean(),
    tests: z.array(z.custom<StepTestResult>()),
  }),
  async handler(context, { pipeline }, signal) {
    const { plan } = await preparePlan(context, pipeline, [], signal);
    const { document } = await loadPipeline(context.projectFolder, context.workingFolder, pipeline);
    const { tests = [] } = document;
    const results = await context.runner().call('test', { plan, tests }, signal);
    return { pipeline, isPassed: results.every(({ isPassed }) => isPassed), tests: [...results] };
  },
});
