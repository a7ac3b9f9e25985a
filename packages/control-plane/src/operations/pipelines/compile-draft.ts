import { changedSteps, outlinePlan } from '@millrace/compiler';
import type { Diagnostic } from '@millrace/spec';
import { z } from 'zod';

import { compileDraft as compile } from '../../drafts/compile-draft.ts';
import { defineOperation } from '../../operation.ts';
import { parameterInput } from '../../project/parameter-input.ts';
import { readLastPlan } from '../../runs/run-store.ts';

/** What can be told of a text that is being written: what is wrong and how to mend it, and the columns of each step. */
export const compileDraft = defineOperation({
  name: 'pipelines/compile-draft',
  summary: 'Check a text that is not saved, down to SQL, columns and types.',
  permission: 'pipeline.read',
  input: z.strictObject({
    pipeline: z.string(),
    text: z.string().max(8_000_000),
    parameters: parameterInput,
    /** Ask the sources again what their tables look like. */
    isFresh: z.boolean().default(false),
  }),
  output: z.strictObject({
    isValid: z.boolean(),
    diagnostics: z.array(z.custom<Diagnostic>()),
    /** By what steps call the rows: `orders`, `routed.large`. */
    schemas: z.record(
      z.string(),
      z.strictObject({
        columns: z.array(z.strictObject({ name: z.string(), type: z.string(), nullable: z.boolean() })),
        key: z.array(z.string()),
      }),
    ),
    /** How each step follows changes of what it reads, and why its rows stay on this machine; only of a valid text. */
    steps: z.record(z.string(), z.strictObject({ follows: z.string(), keptBecause: z.string().nullable() })),
    /** Steps that are otherwise than in the last run of the whole pipeline; null before the first. */
    changed: z.array(z.string()).nullable(),
    /** Steps whose source could not be asked, with the reason. */
    unchecked: z.record(z.string(), z.string()),
  }),
  async handler(context, { pipeline, text, parameters, isFresh }, signal) {
    const asked = Object.keys(parameters).length === 0 ? undefined : parameters;
    const draft = await compile(context, { pipeline, text, parameters: asked, isFresh }, signal);
    const { plan } = draft;
    const last = plan && (await readLastPlan(await context.store(), pipeline));
    return {
      isValid: plan !== undefined,
      diagnostics: [...draft.diagnostics],
      schemas: Object.fromEntries(
        Object.entries(draft.schemas).map(([ref, { columns, key }]) => [
          ref,
          { columns: [...columns], key: [...key] },
        ]),
      ),
      steps:
        plan === undefined
          ? {}
          : Object.fromEntries(
              outlinePlan(plan).steps.map(({ name, follows, keptBecause }) => [
                name,
                { follows, keptBecause },
              ]),
            ),
      changed: plan === undefined || last === undefined ? null : [...changedSteps(last.plan, plan)],
      unchecked: { ...draft.unchecked },
    };
  },
});
