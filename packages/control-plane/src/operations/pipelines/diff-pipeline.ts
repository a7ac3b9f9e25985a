import { rm } from 'node:fs/promises';

import type { TableDiff } from '@millrace/engine';
import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import { parameterInput } from '../../project/parameter-input.ts';
import { preparePlan } from '../../project/prepare-plan.ts';
import { toRunRequest } from '../../runs/execute-run.ts';
import { newRunId } from '../../runs/run-id.ts';
import { holdPipeline } from '../../runs/run-lease.ts';

/** What a run would change in the published tables; it reads as a run does, and publishes nothing. */
export const diffPipeline = defineOperation({
  name: 'pipelines/diff-pipeline',
  summary: 'Compare what a run would make with what is published.',
  permission: 'data.read',
  input: z.strictObject({
    pipeline: z.string(),
    isFullRefresh: z.boolean().default(false),
    tables: z.array(z.string()).default([]),
    parameters: parameterInput,
  }),
  output: z.strictObject({
    pipeline: z.string(),
    /** No table would change. */
    isEqual: z.boolean(),
    tables: z.array(z.custom<TableDiff>()),
  }),
  async handler(context, { pipeline, isFullRefresh, tables, parameters }, signal) {
    // A run at the same time would move what is compared.
    await using held = await holdPipeline(await context.store(), pipeline, context.owner, signal);
    const prepared = await preparePlan(context, pipeline, { tables, parameters }, held.signal);
    const { plan, connections, limits } = prepared;
    const run = toRunRequest(context, held.lease.fenceToken, {
      runId: `diff-${newRunId(new Date())}`,
      attempt: 1,
      plan,
      options: { isFullRefresh, isVerified: false, tables },
      connections,
      maskKeys: await prepared.readMaskKeys(),
      limits,
    });
    try {
      const diffs = await context.runner().call('diff', { run }, held.signal);
      return {
        pipeline,
        isEqual: diffs.every(({ difference }) => difference !== null && !isDifferent(difference)),
        tables: diffs.map((diff) => ({
          ...diff,
          problem: diff.problem === null ? null : context.redactor.text(diff.problem),
        })),
      };
    } finally {
      await rm(run.folders.scratch, { recursive: true, force: true });
    }
  },
});

function isDifferent({
  added,
  removed,
  changed,
  addedColumns,
  removedColumns,
}: NonNullable<TableDiff['difference']>): boolean {
  return added + removed + changed + addedColumns.length + removedColumns.length > 0;
}
