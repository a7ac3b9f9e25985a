import { z } from 'zod';

import { assignLease } from '../../lease/lease.ts';
import { defineOperation } from '../../operation.ts';
import { holdChangedTables } from '../../project/hold-changed-tables.ts';
import { parameterInput } from '../../project/parameter-input.ts';
import { preparePlan } from '../../project/prepare-plan.ts';
import { proposeEdit, type ProposedEdit } from '../../project/propose-edit.ts';
import { executeRun } from '../../runs/execute-run.ts';
import { newRunId } from '../../runs/run-id.ts';
import { holdPipeline } from '../../runs/run-lease.ts';
import { isSameRequest } from '../../runs/run-record.ts';
import {
  createRun,
  findUnfinishedRun,
  finishRun,
  readEvents,
  readRun,
  resumeRun,
} from '../../runs/run-store.ts';
import { summarizeRun } from '../../runs/run-summary.ts';
import type { RunSummary } from '../../runs/run-summary.ts';

/**
 * Runs a pipeline to its end, as its only run. A run that a killed process left is taken up as its next attempt, unless
 * the document or the request changed since: then it ends as failed, and a new run starts.
 */
export const runPipeline = defineOperation({
  name: 'pipelines/run-pipeline',
  summary: 'Load the tables of a pipeline; takes up a run that was killed.',
  permission: 'pipeline.run',
  input: z.strictObject({
    pipeline: z.string(),
    isFullRefresh: z.boolean().default(false),
    isVerified: z.boolean().default(false),
    tables: z.array(z.string()).default([]),
    parameters: parameterInput,
  }),
  output: z.custom<
    RunSummary & {
      /** What would let the contracts take in what changed at the source. */
      readonly proposal: ProposedEdit | null;
    }
  >(),
  async handler(context, { pipeline, parameters, ...options }, signal) {
    const store = await context.store();
    await using held = await holdPipeline(store, pipeline, context.owner, signal);
    const unfinished = await findUnfinishedRun(store, pipeline);
    const newId = newRunId(new Date());
    await assignLease(store, held.lease, unfinished?.record.runId ?? newId);
    const prepared = await preparePlan(
      context,
      pipeline,
      { tables: options.tables, parameters },
      held.signal,
    );
    const { connections, limits } = prepared;
    const maskKeys = await prepared.readMaskKeys();
    const { plan, notes } = await holdChangedTables(context, prepared, options.tables);
    const isSame =
      unfinished !== undefined &&
      unfinished.record.documentFingerprint === plan.documentFingerprint &&
      isSameRequest(unfinished.record.options, options);
    let runId: string;
    if (unfinished && isSame) {
      runId = unfinished.record.runId;
      const attempt = await resumeRun(store, held.lease, runId);
      await executeRun(context, held, {
        runId,
        attempt,
        plan: unfinished.plan,
        options,
        connections,
        maskKeys,
        limits,
      });
    } else {
      if (unfinished) await finishRun(store, held.lease, unfinished.record.runId, 'failed', SUPERSEDED);
      runId = newId;
      await createRun(store, held.lease, { runId, plan, options });
      await executeRun(context, held, {
        runId,
        attempt: 1,
        plan,
        notes,
        options,
        connections,
        maskKeys,
        limits,
      });
    }
    const finished = await readRun(store, runId);
    if (!finished) throw new TypeError(`Run ${runId} is not in the store.`);
    const summary = summarizeRun(finished.record, finished.plan, await readEvents(store, runId));
    const drifts = summary.tasks.map(({ drift }) => drift);
    return { ...summary, proposal: await proposeEdit(context, pipeline, drifts) };
  },
});

const SUPERSEDED =
  'Superseded: its process was killed, and the pipeline or the request changed before it could be taken up again. What it had published stays.';
