import { PipelineError, toPlainPipelineError, type PlainPipelineError } from '@millrace/connector-sdk';

import type { OperationContext } from '../operation-context.ts';
import { DocumentError } from '../project/document-error.ts';
import { holdChangedTables } from '../project/hold-changed-tables.ts';
import { preparePlan, type PreparedPlan } from '../project/prepare-plan.ts';
import { executeRun, type RunToExecute } from '../runs/execute-run.ts';
import { retryAfterMs, retryMessage } from '../runs/retry-policy.ts';
import type { HeldLease } from '../runs/run-lease.ts';
import type { StoredRun } from '../runs/run-record.ts';
import { appendEvents, readEvents, readRun } from '../runs/run-store.ts';
import { setPlan } from '../runs/insert-runs.ts';
import { finishRun, forgetRun, requeueRun } from '../runs/run-transitions.ts';
import { runWarning } from '../runs/run-warning.ts';
import { unfinishedTasks, withThoseBehind, type EarlierRun } from '../runs/unfinished-tasks.ts';
import { watchCancel } from './cancel-request.ts';

/** A run that was claimed, and how to treat it. */
export interface RunWork {
  readonly runId: string;
  readonly attempt: number;
  /**
   * Somebody waits for the end of it: what keeps it from starting is thrown, as if it had not been asked for, and failures
   * are not tried again later.
   */
  readonly isAttended: boolean;
  /** Values of parameters when they are not those that the run was asked for with. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Where its plan comes from, when that is being made already. */
  readonly takePlan?: TakePlan;
}

/** The plan that is made already; given up with the signal. */
export type TakePlan = (signal: AbortSignal) => Promise<PreparedPlan>;

/** `superseded`: it was begun by another process, and its document is no longer the same; it ended as failed. */
export type WorkEnd = 'ended' | 'requeued' | 'superseded';

/**
 * Works off one attempt of a run: makes its plan, or takes the one that its first attempt made, and executes it. Its end is
 * in the store, or it waits there for the next attempt. Throws `fenced` when the lease was lost: then nothing is decided.
 */
export async function workRun(context: OperationContext, held: HeldLease, work: RunWork): Promise<WorkEnd> {
  const store = await context.store();
  const { runId, attempt } = work;
  using cancel = watchCancel(store, runId);
  const signal = AbortSignal.any([held.signal, cancel.signal]);
  const stored = await readRun(store, runId);
  if (!stored) throw new TypeError(`Run ${runId} is not in the store.`);
  const run = await prepare(context, { ...held, signal }, stored, work);
  if (run === 'superseded') {
    await finishRun(store, held.lease, runId, 'failed', SUPERSEDED);
    return 'superseded';
  }
  if (run === 'ended' || run === 'requeued') return run;
  return await executeRun(context, { ...held, signal }, { ...run, runId, attempt });
}

/** Why a run that was begun ends when its document or its request is another one now. */
export const SUPERSEDED =
  'Superseded: its process was killed, and the pipeline or the request changed before it could be taken up again. What it had published stays.';

async function prepare(
  context: OperationContext,
  held: HeldLease,
  { record, plan: begun }: StoredRun,
  work: RunWork,
): Promise<Omit<RunToExecute, 'runId' | 'attempt'> | WorkEnd> {
  const { pipeline, options } = record;
  const isBegun = record.documentFingerprint !== '';
  let prepared: PreparedPlan;
  let maskKeys: Readonly<Record<string, string>>;
  let notes: readonly string[];
  let plan = begun;
  try {
    const parameters = work.parameters ?? record.parameters;
    const fallsBack = record.startedBy.kind === 'schedule';
    const request = { tables: options.tables, parameters, fallsBack, isToRun: true };
    prepared = await (fallsBack || work.takePlan === undefined
      ? preparePlan(context, pipeline, request, held.signal)
      : work.takePlan(held.signal));
    maskKeys = await prepared.readMaskKeys();
    const changed = await holdChangedTables(context, prepared, options.tables);
    notes = [...prepared.notes, ...changed.notes];
    if (isBegun && changed.plan.documentFingerprint !== record.documentFingerprint) return 'superseded';
    if (!isBegun) plan = changed.plan;
  } catch (error) {
    return await giveUp(context, held, work, isBegun, record.retries, error);
  }
  const { connections, limits } = prepared;
  return {
    plan,
    notes,
    options,
    connections,
    maskKeys,
    limits,
    ...(isBegun ? {} : { record: (db) => setPlan(db, record.runId, plan, options) }),
    ...(await rerunTasks(context, record, plan)),
    ...(work.isAttended ? {} : { retryAfterMs: (errors) => retryAfterMs(errors, record.retries) }),
  };
}

/** Which tasks a run after another one does; all when it is no such run. */
async function rerunTasks(
  context: OperationContext,
  { rerunOf, options }: StoredRun['record'],
  plan: StoredRun['plan'],
): Promise<{ readonly tasks?: readonly string[] }> {
  const store = await context.store();
  if (options.fromTasks !== undefined) {
    const from = new Set(options.fromTasks);
    const tasks = withThoseBehind(
      plan,
      plan.tasks.filter(({ id }) => from.has(id)),
    );
    return { tasks: tasks.map(({ id }) => id) };
  }
  const earlier: EarlierRun[] = [];
  let within = plan.tasks;
  for (let runId = rerunOf; runId !== null;) {
    const run = await readRun(store, runId);
    if (!run) break;
    earlier.push({ plan: run.plan, events: await readEvents(store, runId) });
    const { fromTasks } = run.record.options;
    if (fromTasks !== undefined)
      within = withThoseBehind(
        plan,
        plan.tasks.filter(({ id }) => fromTasks.includes(id)),
      );
    runId = fromTasks === undefined ? run.record.rerunOf : null;
  }
  if (earlier.length === 0) return {};
  const asked = new Set(within.map(({ id }) => id));
  return { tasks: unfinishedTasks(plan, earlier).flatMap(({ id }) => (asked.has(id) ? [id] : [])) };
}

/** What becomes of a run that cannot start. */
async function giveUp(
  context: OperationContext,
  held: HeldLease,
  { runId, attempt, isAttended }: RunWork,
  isBegun: boolean,
  retries: number,
  error: unknown,
): Promise<WorkEnd> {
  const store = await context.store();
  const { signal, lease } = held;
  const fenced = [signal.reason, error].find(
    (reason) => reason instanceof PipelineError && reason.code === 'fenced',
  );
  if (fenced !== undefined) throw fenced;
  const plain = signal.aborted ? toPlainPipelineError(signal.reason) : describe(error);
  const reason = context.redactor.text(plain.message);
  if (isAttended) {
    if (isBegun)
      await requeueRun(store, lease, runId, { outcome: 'failed', reason, afterMs: 0, isRetry: false });
    else await forgetRun(store, lease, runId);
    throw error;
  }
  const afterMs = signal.aborted ? undefined : retryAfterMs([plain], retries);
  if (afterMs !== undefined) {
    await appendEvents(store, [runWarning(runId, attempt, retryMessage(attempt, reason, afterMs))]);
    await requeueRun(store, lease, runId, { outcome: 'failed', reason, afterMs, isRetry: true });
    return 'requeued';
  }
  await appendEvents(store, [runWarning(runId, attempt, reason)]);
  await finishRun(store, lease, runId, signal.aborted ? 'cancelled' : 'failed', reason);
  return 'ended';
}

/** The error with its place, as far as one line can say it. */
function describe(error: unknown): PlainPipelineError {
  if (!(error instanceof DocumentError)) return toPlainPipelineError(error);
  const [first, ...others] = error.diagnostics;
  const place = first ? `${first.range.file}:${first.range.start.line}: ` : '';
  const more = others.length > 0 ? ` And ${others.length} more.` : '';
  return {
    code: 'configInvalid',
    blame: 'config',
    retry: 'never',
    message: `${place}${error.message}${more} Mend the document and run it again.`,
  };
}
