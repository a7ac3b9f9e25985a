import { rm } from 'node:fs/promises';

import { comparePlans, narrowPlan, outlinePlan } from '@millrace/compiler';
import type { Plan, PlanChanges, PlanOutline } from '@millrace/compiler';
import type { LoadPreview } from '@millrace/engine';
import { compileSelection, type Diagnostic } from '@millrace/spec';
import { z } from 'zod';

import { estimateTables, type TableEstimate } from '../../history/estimate-tables.ts';
import { defineOperation } from '../../operation.ts';
import { holdChangedTables } from '../../project/hold-changed-tables.ts';
import { parameterInput } from '../../project/parameter-input.ts';
import { preparePlan } from '../../project/prepare-plan.ts';
import { proposeEdit, type ProposedEdit } from '../../project/propose-edit.ts';
import { toRunRequest } from '../../runs/execute-run.ts';
import { newRunId } from '../../runs/run-id.ts';
import type { RunRecord } from '../../runs/run-record.ts';
import { readLastPlan } from '../../runs/run-store.ts';

/** What a run would do otherwise than the last one. */
export interface ChangesSince {
  readonly runId: string;
  /** ISO 8601 UTC. */
  readonly startedAt: string;
  readonly changes: PlanChanges;
}

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
    /** Null before the first run of the whole pipeline. */
    changes: z.custom<ChangesSince | null>(),
    /** What earlier runs of the tables took; of those that ran in the way that is planned. */
    estimates: z.array(z.custom<TableEstimate>()),
    /** Tables that appeared or went away since the last run. */
    notes: z.array(z.string()),
    /** What would let the contracts take in what changed at the source. */
    proposal: z.custom<ProposedEdit | null>(),
    diagnostics: z.array(z.custom<Diagnostic>()),
  }),
  async handler(context, { pipeline, isFullRefresh, tables, parameters }, signal) {
    const prepared = await preparePlan(context, pipeline, { tables, parameters }, signal);
    const { diagnostics, connections, limits } = prepared;
    const { plan, notes } = await holdChangedTables(context, prepared, tables);
    const run = toRunRequest(context, 0, {
      runId: `plan-${newRunId(new Date())}`,
      attempt: 1,
      plan,
      options: { isFullRefresh, isVerified: false, tables },
      connections,
      maskKeys: await prepared.readMaskKeys(),
      limits,
    });
    const previews = await context
      .runner()
      .call('preview', { run }, signal)
      .finally(() => rm(run.folders.scratch, { recursive: true, force: true }));
    const store = await context.store();
    const last = await readLastPlan(store, pipeline);
    const clean = (text: string): string => context.redactor.text(text);
    return {
      plan,
      outline: outlinePlan(plan),
      tables: previews.map((preview) => ({
        ...preview,
        reason: clean(preview.reason),
        statement: preview.statement === null ? null : clean(preview.statement),
      })),
      changes: last === undefined ? null : changesSince(last.record, narrowed(last.plan, tables), plan),
      estimates: [...(await estimateTables(store, plan, previews))],
      notes: [...notes],
      proposal: await proposeEdit(
        context,
        pipeline,
        previews.map(({ drift }) => drift),
      ),
      diagnostics: [...diagnostics],
    };
  },
});

function changesSince({ runId, startedAt }: RunRecord, before: Plan, after: Plan): ChangesSince {
  return { runId, startedAt, changes: comparePlans(before, after) };
}

/** What the last plan had of the tables that are asked for. */
function narrowed(last: Plan, tables: readonly string[]): Plan {
  return tables.length === 0 ? last : narrowPlan(last, compileSelection(tables, []));
}
