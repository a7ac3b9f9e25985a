import { DECIDED, tasksBehind, titleTask } from '@millrace/compiler';
import { PipelineError } from '@millrace/connector-sdk';
import { restoreRows } from '@millrace/engine';
import type { DecideResult, QuarantineSelection, RestoreSelection } from '@millrace/engine';
import { locateNowhere } from '@millrace/spec';

import type { OperationContext } from '../operation-context.ts';
import { useConnections } from '../project/connect.ts';
import { throwIfWrong } from '../project/project.ts';
import { resolveMaskKeys } from '../project/resolve-mask-keys.ts';
import { executeRun } from '../runs/execute-run.ts';
import { createRun } from '../runs/insert-runs.ts';
import { newRunId } from '../runs/run-id.ts';
import { holdPipeline } from '../runs/run-lease.ts';
import { runLimits } from '../runs/run-limits.ts';
import { findUnfinishedRun, readEvents, readRun } from '../runs/run-store.ts';
import { summarizeRun, type RunSummary } from '../runs/run-summary.ts';
import { finishRun } from '../runs/run-transitions.ts';
import { quarantineFolder, quarantineRequest, readPlans, withScratch } from './ask-quarantine.ts';

export type DecisionToMake = {
  readonly pipeline: string;
  readonly note: string | null;
} & (
  | { readonly decision: 'release' | 'discard'; readonly selection: QuarantineSelection }
  | { readonly decision: 'restore'; readonly selection: RestoreSelection }
);

export interface MadeDecision {
  /** Rows that the decision is about. */
  readonly rows: number;
  /** Those for which it is new. */
  readonly decided: number;
  /** When it was written down; by which it can be taken back. */
  readonly at: string;
  /** The run of the steps behind them; null when no step reads them. */
  readonly run: RunSummary | null;
}

/**
 * Writes a decision about rows in quarantine down, then runs the steps behind them, as they ran last and without asking
 * a source. Asked again it finishes what a killed process left; any later run does, too.
 */
export async function decide(
  context: OperationContext,
  toMake: DecisionToMake,
  signal: AbortSignal,
): Promise<MadeDecision> {
  const { pipeline, decision } = toMake;
  const store = await context.store();
  await using held = await holdPipeline(store, pipeline, context.owner, signal);
  const [plan] = await readPlans(context, pipeline);
  if (plan === undefined) throw new TypeError('No plan of the pipeline was read.');
  const { rows, decided, at, steps } = await write(context, toMake, held.signal);
  const tasks = tasksBehind(
    plan,
    steps.map((step) => `${step}.${DECIDED}`),
  );
  if (rows === 0 && steps.length === 0) throw nothingThere(toMake);
  if (tasks.length === 0) return { rows, decided, at, run: null };
  const unfinished = await findUnfinishedRun(store, pipeline);
  if (unfinished) await finishRun(store, held.lease, unfinished.record.runId, 'failed', SUPERSEDED);
  const project = await context.project();
  const written = [
    ...new Set(
      tasks.map(({ destination }) => destination.connection).filter((name) => !name.startsWith('@')),
    ),
  ];
  const connections = await useConnections(context, written, written);
  const masks = await resolveMaskKeys(plan, locateNowhere(`pipelines/${pipeline}.yaml`), context);
  throwIfWrong(masks.diagnostics, []);
  const runId = newRunId(new Date());
  const options = {
    isFullRefresh: false,
    isVerified: false,
    tables: [...new Set(tasks.map((task) => titleTask(task).source))],
  };
  await createRun(store, held.lease, { runId, plan: { ...plan, tasks }, options });
  await executeRun(context, held, {
    runId,
    attempt: 1,
    plan,
    tasks: tasks.map(({ id }) => id),
    options,
    connections: Object.fromEntries([...connections].map(([name, { resolved }]) => [name, resolved])),
    maskKeys: masks.keys,
    reason: `${SAID[decision]} of rows in quarantine of ${steps.join(', ')}.`,
    limits: runLimits(project.document, await context.environmentName()),
  });
  const finished = await readRun(store, runId);
  if (!finished) throw new TypeError(`Run ${runId} is not in the store.`);
  return {
    rows,
    decided,
    at,
    run: summarizeRun(finished.record, finished.plan, await readEvents(store, runId)),
  };
}

const SAID = { release: 'Release', discard: 'Discard', restore: 'Restoration' } as const;

/** Writes the decision down. */
async function write(
  context: OperationContext,
  { pipeline, note, ...toMake }: DecisionToMake,
  signal: AbortSignal,
): Promise<DecideResult> {
  const by = context.caller.name;
  if (toMake.decision === 'restore') {
    const { selection } = toMake;
    return restoreRows({ quarantineFolder: quarantineFolder(context), pipeline, selection, by, note });
  }
  const { decision, selection } = toMake;
  const request = await quarantineRequest(context, pipeline, selection);
  return withScratch(request, () =>
    context.runner().call('decideRows', { ...request, decision, by, note }, signal),
  );
}

const SUPERSEDED =
  'Superseded: its process was killed, and rows in quarantine were decided about before it could be taken up again. What it had published stays.';

function nothingThere({ pipeline, decision, selection: { step } }: DecisionToMake): PipelineError {
  const of = step === undefined ? '' : `of ${step} `;
  return new PipelineError({
    code: 'configInvalid',
    blame: 'config',
    retry: 'never',
    message:
      decision === 'restore'
        ? `No discarded row ${of}is meant by that. See what was decided: millrace quarantine decisions ${pipeline}`
        : `No row ${of}in quarantine is meant by that. See what is there: millrace quarantine list ${pipeline}`,
  });
}
