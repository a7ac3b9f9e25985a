import { join } from 'node:path';

import {
  checkRelations,
  FAILED,
  LANDING,
  STEPS,
  titleRelation,
  titleTask,
  titleTasks,
  UNCHECKED,
  type LoadTask,
} from '@millrace/compiler';
import { parseStepReference } from '@millrace/spec';

import type { CodeLogRecord } from '../code/code-runner.ts';
import { loadTable, type LoadOutcome } from '../load/load-table.ts';
import { removeFolder, toFolderName } from '../package/package-store.ts';
import { foldRun, type RunState } from './fold-run.ts';
import { lookAround } from './look-around.ts';
import { findUrgent } from './find-urgent.ts';
import type { RunEvent, RunEventBody, RunOutcome } from './run-event.ts';
import type { RunContext, RunRequest } from './run-request.ts';
import { RunSession } from './run-session.ts';
import { createSlots } from './slots.ts';
import { keepsFailed } from '../steps/balance-rows.ts';

/** How an attempt ended; the same as its events folded. */
export interface RunSummary {
  readonly state: RunOutcome;
  readonly durationMs: number;
  readonly run: RunState;
}

/**
 * Runs one attempt of one run: every table of the plan, each its own state machine, some at a time. Emits the events as
 * they happen, `runFinished` last. Fails only by events; throws nothing but bugs in `context` itself.
 */
export async function runPlan(
  request: RunRequest,
  context: RunContext,
  signal: AbortSignal,
): Promise<RunSummary> {
  const startedAt = performance.now();
  const { plan, runId, attempt, limits } = request;
  const tasks = plan.tasks.filter(({ id }) => request.tasks?.includes(id) ?? true);
  const events: RunEvent[] = [];
  function emit(body: RunEventBody): void {
    const event: RunEvent = { at: new Date().toISOString(), runId, attempt, ...body };
    // Progress is replaced by what follows it; keeping it would let long runs grow.
    if (body.type !== 'taskProgress') events.push(event);
    context.emit(event);
  }
  emit({
    type: 'runStarted',
    pipeline: plan.pipeline,
    planFingerprint: plan.fingerprint,
    tasks: tasks.map((task) => task.id),
    tables: titleTasks(tasks),
  });
  const scratch = join(request.folders.scratch, `${toFolderName(runId)}-${attempt}`);
  const onCodeLog = (task: string, { level, row, text }: CodeLogRecord): void =>
    emit({ type: 'codeLogged', task, level, row, text });
  const folders = { ...request.folders, scratch };
  const session = new RunSession({ ...request, folders, context, onCodeLog });
  let outcomes: readonly LoadOutcome[];
  try {
    // Steps are computed there, and those who ask for it first would wait for it.
    if (plan.steps.length > 0) session.database().catch(() => undefined);
    const described = await lookAround(
      session,
      tasks.filter(({ held }) => held === undefined),
      signal,
    );
    const urgent = await findUrgent(session, tasks, described, signal);
    const extracting = createSlots(limits.parallelTables);
    const waiting = countByDestination(tasks);
    const landed = new Map(
      tasks
        .filter(({ destination }) => destination.connection === LANDING)
        .map(({ destination }) => [destination.table.name, Promise.withResolvers<LoadOutcome>()]),
    );
    outcomes = await Promise.all(
      [...urgent, ...tasks.filter((task) => !urgent.has(task))].map((task) => {
        const { connection, table } = task.destination;
        const isLast = () => waiting.get(connection) === 1;
        const outcome = (async () => {
          const failed = await findFailed(task, session, landed);
          if (failed !== undefined) return failUpstream(task, failed, emit);
          const isUrgent = urgent.has(task);
          return loadTable({ session, request, task, extracting, isUrgent, isLast, emit }, signal);
        })().finally(() => waiting.set(connection, (waiting.get(connection) ?? 1) - 1));
        if (connection === LANDING) void outcome.then(landed.get(table.name)?.resolve);
        return outcome;
      }),
    );
  } finally {
    await session.close();
    await removeFolder(scratch).catch(() => {});
  }
  const state: RunOutcome = outcomes.includes('cancelled')
    ? 'cancelled'
    : outcomes.includes('failed')
      ? 'failed'
      : 'succeeded';
  const durationMs = Math.round(performance.now() - startedAt);
  emit({ type: 'runFinished', state, durationMs });
  return { state, durationMs, run: foldRun(events) };
}

/** Waits for the rows that a task reads; the first relation whose load did not end well. */
async function findFailed(
  task: LoadTask,
  session: RunSession,
  landed: ReadonlyMap<string, { readonly promise: Promise<LoadOutcome> }>,
): Promise<{ readonly ref: string; readonly outcome: 'failed' | 'cancelled' } | undefined> {
  const read = task.source.connection === STEPS ? session.steps.graph.datasetsOf(task) : [];
  const checkedAgainst = (task.checks === undefined ? [] : checkRelations(task.checks)).flatMap((ref) =>
    session.steps.graph.datasetsUnder(ref),
  );
  // Rows that pass go on when those that do not are kept.
  const aside = keepsFailed(task)
    ? []
    : read
        .filter((ref) => ref.endsWith(`.${UNCHECKED}`))
        .map((ref) => `${parseStepReference(ref).step}.${FAILED}`);
  for (const ref of new Set([...read, ...aside, ...checkedAgainst])) {
    if (task.destination.connection === LANDING && ref === task.destination.table.name) continue;
    const outcome = await landed.get(ref)?.promise;
    if (outcome === 'failed' || outcome === 'cancelled') return { ref, outcome };
  }
  return undefined;
}

function failUpstream(
  task: LoadTask,
  { ref, outcome }: { readonly ref: string; readonly outcome: 'failed' | 'cancelled' },
  emit: (body: RunEventBody) => void,
): LoadOutcome {
  const isCancelled = outcome === 'cancelled';
  emit({
    type: 'taskFailed',
    task: task.id,
    error: {
      code: isCancelled ? 'cancelled' : 'upstreamFailed',
      blame: 'config',
      retry: 'never',
      message: `${titleTask(task).table} was left as it is: ${titleRelation(ref)}, which its rows come from, ${isCancelled ? 'was cancelled' : 'failed'}. Mend that first.`,
    },
  });
  return outcome;
}

function countByDestination(tasks: readonly LoadTask[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { destination } of tasks)
    counts.set(destination.connection, (counts.get(destination.connection) ?? 0) + 1);
  return counts;
}
