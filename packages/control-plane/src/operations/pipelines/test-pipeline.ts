import { PipelineError } from '@millrace/connector-sdk';
import type { StepTestResult } from '@millrace/engine';
import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import { checkPipeline } from '../../project/check-pipeline.ts';
import { giveParameters } from '../../project/give-parameters.ts';
import { parameterInput } from '../../project/parameter-input.ts';
import { loadPipeline, throwIfWrong } from '../../project/project.ts';
import { declareConnections } from '../../project/resolve-connections.ts';
import { loadTemplates } from '../../project/templates.ts';

/**
 * Runs the examples of a pipeline's document over its compiled steps. Sources are not asked when an earlier discovery
 * saw their tables.
 */
export const testPipeline = defineOperation({
  name: 'pipelines/test-pipeline',
  summary: 'Run the tests of a pipeline over its steps, in memory.',
  permission: 'pipeline.read',
  input: z.strictObject({ pipeline: z.string(), parameters: parameterInput }),
  output: z.strictObject({
    pipeline: z.string(),
    isPassed: z.boolean(),
    tests: z.array(z.custom<StepTestResult>()),
  }),
  async handler(context, { pipeline, parameters }, signal) {
    const project = await context.project();
    const environment = await context.environmentName();
    const given = giveParameters(project, environment, parameters);
    const file = await loadPipeline(context.projectFolder, context.workingFolder, pipeline, given);
    const names = Object.keys(project.document.connections ?? {});
    const declared = await declareConnections(project, context.registry, environment, names);
    const templates = await loadTemplates(context.projectFolder, context.workingFolder);
    const scene = {
      connections: declared,
      templates,
      isOffline: false,
      unreachable: new Map<string, string>(),
    };
    const { plan, diagnostics, unchecked, code } = await checkPipeline(context, file, scene, signal);
    throwIfWrong(diagnostics, [file, project, ...templates, ...code]);
    if (plan === undefined)
      throw new PipelineError({
        code: 'configInvalid',
        blame: 'config',
        retry: 'never',
        message: `The pipeline "${pipeline}" cannot be tested without ${unchecked ?? 'a plan'}`,
      });
    const { tests = [] } = file.document;
    const results = await context.runner().call('test', { plan, tests }, signal);
    return { pipeline, isPassed: results.every(({ isPassed }) => isPassed), tests: [...results] };
  },
});
