import { comparePlans, outlinePlan, type PlanChanges, type PlanOutline } from '@millrace/compiler';
import type { Diagnostic } from '@millrace/spec';
import { z } from 'zod';

import { compileDraft } from '../../drafts/compile-draft.ts';
import { defineOperation } from '../../operation.ts';
import { parameterInput } from '../../project/parameter-input.ts';
import { readLastPlan } from '../../runs/run-store.ts';

/** What a run of a text that is being written would do, and what it would do otherwise than the last run. */
export const planDraft = defineOperation({
  name: 'pipelines/plan-draft',
  summary: 'Show what a text that is not saved would read, make and write, and what it changes.',
  permission: 'pipeline.read',
  input: z.strictObject({
    pipeline: z.string(),
    text: z.string().max(8_000_000),
    parameters: parameterInput,
  }),
  output: z.strictObject({
    /** Null while something is wrong. */
    outline: z.custom<PlanOutline>().nullable(),
    /** Against the last run of the whole pipeline; null before the first, and while something is wrong. */
    changes: z.custom<PlanChanges>().nullable(),
    since: z.strictObject({ runId: z.string(), startedAt: z.string() }).nullable(),
    diagnostics: z.array(z.custom<Diagnostic>()),
    unchecked: z.record(z.string(), z.string()),
  }),
  async handler(context, { pipeline, text, parameters }, signal) {
    const asked = Object.keys(parameters).length === 0 ? undefined : parameters;
    const draft = { pipeline, text, parameters: asked, isFresh: false };
    const { plan, diagnostics, unchecked } = await compileDraft(context, draft, signal);
    const last = await readLastPlan(await context.store(), pipeline);
    return {
      outline: plan === undefined ? null : outlinePlan(plan),
      changes: plan === undefined || last === undefined ? null : comparePlans(last.plan, plan),
      since: last === undefined ? null : { runId: last.record.runId, startedAt: last.record.startedAt },
      diagnostics: [...diagnostics],
      unchecked: { ...unchecked },
    };
  },
});
