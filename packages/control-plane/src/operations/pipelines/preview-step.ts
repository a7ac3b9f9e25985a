import { STEPS, type Plan } from '@millrace/compiler';
import { PipelineError } from '@millrace/connector-sdk';
import type { StepPreview } from '@millrace/engine';
import { nearestNames, parseStepReference } from '@millrace/spec';
import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import { parameterInput } from '../../project/parameter-input.ts';
import { preparePreview } from '../../project/prepare-preview.ts';

/** What goes into a step and what comes out, over samples of its tables whose joins find partners. */
export const previewStep = defineOperation({
  name: 'pipelines/preview-step',
  summary: 'Show input and output rows of a step on a sample.',
  permission: 'data.read',
  input: z.strictObject({
    pipeline: z.string(),
    step: z.string(),
    rows: z.int().min(1).max(1000).default(10),
    isFresh: z.boolean().default(false),
    parameters: parameterInput,
  }),
  output: z.custom<StepPreview>(),
  async handler(context, { pipeline, step, rows, isFresh, parameters }, signal) {
    const request = await preparePreview(context, pipeline, { isFresh, parameters }, signal);
    const known = previewableSteps(request.plan);
    const output = request.plan.steps.find(({ ref }) => ref === step && isOutput(ref));
    const name = output?.step ?? step;
    if (!known.includes(name)) throw unknownStep(pipeline, step, [...known, ...outputsOf(request.plan)]);
    const preview = await context
      .runner()
      .call('previewStep', { ...request, step: name, maxRows: rows }, signal);
    if (output === undefined) return preview;
    return { ...preview, step, outputs: preview.outputs.filter((each) => each.name === step) };
  },
});

function previewableSteps({ steps, tasks }: Plan): readonly string[] {
  return [
    ...new Set([
      ...tasks.filter(({ source }) => source.connection !== STEPS).map(({ sourceStep }) => sourceStep),
      ...steps.map(({ step }) => step),
      ...tasks.map(({ destinationStep }) => destinationStep),
    ]),
  ];
}

/** The named outputs of steps, which other steps read as `step.output`. */
function outputsOf({ steps }: Plan): readonly string[] {
  return steps.map(({ ref }) => ref).filter(isOutput);
}

function isOutput(ref: string): boolean {
  const { output } = parseStepReference(ref);
  return output !== undefined && !output.startsWith('~');
}

function unknownStep(pipeline: string, step: string, known: readonly string[]): PipelineError {
  const near = nearestNames(step, known);
  const advice = near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `There are: ${known.join(', ')}.`;
  return new PipelineError({
    code: 'configInvalid',
    blame: 'config',
    retry: 'never',
    message: `The pipeline "${pipeline}" has no step "${step}" to preview. ${advice}`,
  });
}
