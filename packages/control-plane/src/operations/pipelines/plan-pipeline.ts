import { outlinePlan, type Plan, type PlanOutline } from '@millrace/compiler';
import type { LoadPreview } from '@millrace/engine';
import type { Diagnostic } from '@millrace/spec';
import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import { parameterInput } from '../../project/parameter-input.ts';
import { preparePlan } from '../../project/prepare-plan.ts';
import { toRunRequest } from '../../runs/execute-run.ts';
import { newRunId } from '../../runs/run-id.ts';

/** What a run would do now: the plan, and per table what would be asked of the source. */
export const planPipeline = defineOperation({
  name: 'pipelines/plan-pipeline',
  summary: 'Show what a run would read, build and write.',
  permission: 'pipeline.read',
  input: z.strictObject({
    pipeline: z.string(),
    isFullRefresh: z.boolean().default(false),
    tables: z.array(z.string()).default([]),
    parameters: parameterInput,
  }),
  output: z.strictObject({
    plan: z.custom<Plan>(),
    outline: z.custom<PlanOutline>(),
    tables: z.array(z.custom<LoadPreview>()),
    diagnostics: z.array(z.custom<Diagnostic>()),
    texts: z.custom<ReadonlyMap<string, string>>(),
  }),
  async handler(context, { pipeline, isFullRefresh, tables, parameters }, signal) {
    const prepared = await preparePlan(context, pipeline, { tables, parameters }, signal);
    const { plan, diagnostics, texts, connections, maskKeys, limits } = prepared;
    const run = toRunRequest(context, 0, {
      runId: `plan-${newRunId(new Date())}`,
      attempt: 1,
      plan,
      options: { isFullRefresh, isVerified: false, tables },
      connections,
      maskKeys,
      limits,
    });
    const previews = await context.runner().call('preview', { run }, signal);
    const clean = (text: string): string => context.redactor.text(text);
    return {
      plan,
      outline: outlinePlan(plan),
      tables: previews.map((preview) => ({
        ...preview,
        reason: clean(preview.reason),
        statement: preview.statement === null ? null : clean(preview.statement),
      })),
      diagnostics,
      texts,
    };
  },
});
