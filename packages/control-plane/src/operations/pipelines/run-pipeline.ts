import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import type { OperationContext } from '../../operation-context.ts';
import { parameterInput } from '../../project/parameter-input.ts';
import { preparePlan } from '../../project/prepare-plan.ts';
import { proposeEdit, type ProposedEdit } from '../../project/propose-edit.ts';
import { withOwnRunner } from '../../runner/own-runner.ts';
import { claimRun } from '../../queue/claim-run.ts';
import { recoverRuns } from '../../queue/recover-runs.ts';
import { SUPERSEDED, workRun, type TakePlan } from '../../queue/work-run.ts';
import { beginRun, type AskedRun } from '../../runs/insert-runs.ts';
import { newRunId } from '../../runs/run-id.ts';
import { holdPipeline, type HeldLease } from '../../runs/run-lease.ts';
import { isSameRequest } from '../../runs/run-record.ts';
import { findUnfinishedRun, readEvents, readRun } from '../../runs/run-store.ts';
import { summarizeRun } from '../../runs/run-summary.ts';
import type { RunSummary } from '../../runs/run-summary.ts';
import { finishRun } from '../../runs/run-transitions.ts';
import { triggerOf } from '../../runs/trigger-of.ts';

/**
 * Runs a pipeline to its end, as its only run, in this process: a run is put into the queue and worked off at once. One
 * that a killed process left is taken up as its next attempt, unless the document or the request changed since: then it
 * ends as failed, and a new run starts.
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
  async handler(given, { pipeline, parameters, ...options }, signal) {
    await using context = withOwnRunner(given);
    await using plan = planAhead(context, { pipeline, options, parameters });
    await plan.isUnderWay;
    const store = await context.store();
    await recoverRuns(store, pipeline);
    await using held = await holdPipeline(store, pipeline, context.owner, signal);
    const asked: AskedRun = {
      runId: newRunId(new Date()),
      pipeline,
      options,
      parameters,
      startedBy: triggerOf(context.caller),
    };
    const runId =
      (await takeUp(context, held, asked, plan.take)) ?? (await begin(context, held, asked, plan.take));
    const finished = await readRun(store, runId);
    if (!finished) throw new TypeError(`Run ${runId} is not in the store.`);
    const summary = summarizeRun(finished.record, finished.plan, await readEvents(store, runId));
    const drifts = summary.tasks.map(({ drift }) => drift);
    return { ...summary, proposal: await proposeEdit(context, pipeline, drifts) };
  },
});

/**
 * Begins to make the plan of a run while the run is recorded: sources are asked in another process meanwhile. Given up when
 * no run comes of it.
 */
function planAhead(
  context: OperationContext,
  { pipeline, options, parameters }: Pick<AskedRun, 'pipeline' | 'options' | 'parameters'>,
): AsyncDisposable & { readonly take: TakePlan; readonly isUnderWay: Promise<void> } {
  const stop = new AbortController();
  const underWay = Promise.withResolvers<void>();
  const onAsked = underWay.resolve;
  const request = { tables: options.tables, parameters, isToRun: true, onAsked };
  const prepared = preparePlan(context, pipeline, request, stop.signal);
  // Who takes it is told what is wrong.
  prepared.catch(() => undefined).finally(onAsked);
  return {
    isUnderWay: underWay.promise,
    take: (signal) => {
      if (signal.aborted) stop.abort(signal.reason);
      signal.addEventListener('abort', () => stop.abort(signal.reason), { once: true });
      return prepared;
    },
    // What is still under way would start a runner that nobody ends any more.
    async [Symbol.asyncDispose]() {
      stop.abort();
      await prepared.catch(() => undefined);
    },
  };
}

/** Finishes the run that another process left, when it is what is asked for; its id. */
async function takeUp(
  context: OperationContext,
  held: HeldLease,
  { pipeline, options, parameters }: AskedRun,
  takePlan: TakePlan,
): Promise<string | undefined> {
  const store = await context.store();
  const unfinished = await findUnfinishedRun(store, pipeline);
  if (!unfinished) return undefined;
  const { runId } = unfinished.record;
  if (!isSameRequest(unfinished.record.options, options)) {
    await finishRun(store, held.lease, runId, 'failed', SUPERSEDED);
    return undefined;
  }
  const attempt = await claimRun(store, runId, held.lease);
  if (attempt === undefined) return undefined;
  const end = await workRun(context, held, { runId, attempt, parameters, isAttended: true, takePlan });
  return end === 'superseded' ? undefined : runId;
}

async function begin(
  context: OperationContext,
  held: HeldLease,
  asked: AskedRun,
  takePlan: TakePlan,
): Promise<string> {
  const store = await context.store();
  await beginRun(store, held.lease, asked);
  await workRun(context, held, { runId: asked.runId, attempt: 1, isAttended: true, takePlan });
  return asked.runId;
}
