import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { DatasetProfile, Plan } from '@millrace/compiler';
import { PipelineError } from '@millrace/connector-sdk';
import type { PlainPipelineError } from '@millrace/connector-sdk';
import type { ResolvedConnection, RunEvent, RunLimits, RunOutcome, RunRequest } from '@millrace/engine';

import { lockTables, type WrittenTable } from '../queue/lock-tables.ts';
import { STATE_FOLDER } from '../state-folder.ts';
import type { OperationContext } from '../operation-context.ts';
import type { Redactor } from '../secrets/redactor.ts';
import type { Store } from '../store/open-store.ts';
import { closeAttempt, writeEnd, type Decide } from './close-attempt.ts';
import { EventLog } from './event-log.ts';
import type { HeldLease } from './run-lease.ts';
import type { RunOptions } from './run-record.ts';
import { readEvents } from './run-store.ts';
import { retryMessage } from './retry-policy.ts';
import { CANCELLED, runWarning } from './run-warning.ts';
import { endAttempt, finish, finishRun, putBack, resumeRun } from './run-transitions.ts';

/** Attempts that one command makes when runner processes die under it. */
const MAX_ATTEMPTS = 3;

export interface RunToExecute {
  readonly runId: string;
  readonly attempt: number;
  readonly plan: Plan;
  readonly options: RunOptions;
  readonly connections: Readonly<Record<string, ResolvedConnection>>;
  readonly maskKeys?: Readonly<Record<string, string>>;
  readonly limits: RunLimits;
  /** Ids of the tasks to run; all when left out. */
  readonly tasks?: readonly string[];
  /** What a person should know before it starts. */
  readonly notes?: readonly string[];
  /** What the run is for, when it is none of the whole pipeline. */
  readonly reason?: string;
  /** Recorded in one commit with the right to write its tables. */
  readonly record?: (db: Store['db']) => Promise<void>;
  /** When another attempt should follow failures, in milliseconds; none when undefined or left out. */
  readonly retryAfterMs?: (errors: readonly PlainPipelineError[]) => number | undefined;
}

/**
 * Executes a recorded run to its end and records that end, or puts it back into the queue for another attempt. A runner
 * process that dies is replaced by another attempt of the same run at once. Waits for tables that other runs write. With the
 * record of the end the lease is given back.
 * Throws only `fenced`: then the run belongs to another process and its record is left alone.
 */
export async function executeRun(
  context: OperationContext,
  held: HeldLease,
  run: RunToExecute,
): Promise<'ended' | 'requeued'> {
  const store = await context.store();
  await using log = new EventLog(store);
  const events: RunEvent[] = run.attempt === 1 ? [] : [...(await readEvents(store, run.runId))];
  const failures = new Map<string, string>();
  const errors = new Map<string, PlainPipelineError>();
  const profiles = new Map<string, DatasetProfile>();
  const end: { event?: RunFinished } = {};
  const emit = (event: RunEvent): void => {
    const clean = redactEvent(event, context.redactor);
    if (clean.type === 'tableProfiled') profiles.set(clean.task, clean.profile);
    log.append(clean);
    if (clean.type !== 'taskProgress' && clean.type !== 'tableProfiled') events.push(clean);
    if (clean.type === 'runStarted') failures.clear();
    if (clean.type === 'runStarted') errors.clear();
    if (clean.type === 'taskFailed') failures.set(clean.task, clean.error.message);
    if (clean.type === 'taskFailed') errors.set(clean.task, clean.error);
    if (clean.type === 'taskPublished') failures.delete(clean.task);
    if (clean.type === 'taskVerified' && !clean.isEqual) failures.set(clean.task, clean.statement);
    context.watch(clean);
  };
  // The end of a run comes last: what its tables measured is judged before.
  const emitUntilEnd = (event: RunEvent): void => {
    if (event.type === 'runFinished') end.event = event;
    else emit(event);
  };
  for (const message of run.attempt === 1 ? (run.notes ?? []) : []) emit(runWarning(run.runId, 1, message));
  let attempt = run.attempt;
  let limits = run.limits;
  const startedAt = performance.now();
  // At once, before the runner has wound up: whoever kills this process next must not bring a cancelled run back.
  let cancelled: Promise<unknown> = Promise.resolve();
  const cancelReason = (): string =>
    held.signal.reason instanceof PipelineError ? held.signal.reason.message : CANCELLED;
  const recordCancel = (): void => {
    if (!isFenced(held.signal))
      // A store that is busy for a moment is told at the end.
      cancelled = finishRun(store, held.lease, run.runId, 'cancelled', cancelReason()).catch(() => undefined);
  };
  held.signal.addEventListener('abort', recordCancel, { once: true });
  using _listening = { [Symbol.dispose]: () => held.signal.removeEventListener('abort', recordCancel) };
  const said = (): Pick<RunEvent, 'at' | 'runId' | 'attempt'> => ({
    at: new Date().toISOString(),
    runId: run.runId,
    attempt,
  });
  const open = { runId: run.runId, plan: run.plan, events, profiles, log, watch: context.watch };
  const finishing =
    (state: RunOutcome, reason: string | null, event: RunFinished | undefined): Decide =>
    async (db) => {
      const ended = await finish(db, held.lease, run.runId, state, reason);
      return event === undefined ? [] : [{ ...event, state: ended.state ?? event.state }];
    };
  const retrying =
    (reason: string, afterMs: number): Decide =>
    async (db) => {
      const failed = { outcome: 'failed', reason, afterMs, isRetry: true } as const;
      const state = await putBack(db, held.lease, run.runId, failed);
      if (state === 'cancelled' && end.event !== undefined) return [{ ...end.event, state }];
      return [runWarning(run.runId, attempt, retryMessage(attempt, reason, afterMs))];
    };
  const tasks = run.plan.tasks.filter(({ id }) => run.tasks?.includes(id) ?? true);
  const sayWait = ({ table, runId }: WrittenTable): void =>
    emit(runWarning(run.runId, attempt, `Waits: run ${runId} writes ${table} now.`));
  for (let tries = 1; ; tries++) {
    const runner = context.runner();
    const scratch = scratchFolder(context, { ...run, attempt });
    delete end.event;
    try {
      const record = tries === 1 ? run.record : undefined;
      await using tables = await lockTables(store, run.runId, tasks, sayWait, held.signal, record);
      const request = toRunRequest(context, tables.fenceToken, { ...run, attempt, limits });
      const answer = await runner.call('run', { run: request }, held.signal, emitUntilEnd);
      await cancelled;
      if (isFenced(held.signal)) throw held.signal.reason;
      // What the runner could not undo in peace is no failure of its own.
      const outcome = held.signal.aborted && answer === 'failed' ? 'cancelled' : answer;
      const reason = outcome === 'cancelled' ? cancelReason() : reasonOf(outcome, failures);
      const afterMs = outcome === 'failed' ? run.retryAfterMs?.([...errors.values()]) : undefined;
      const decide =
        afterMs === undefined
          ? finishing(outcome, reason ?? run.reason ?? null, end.event)
          : retrying(reason ?? '', afterMs);
      await closeAttempt(store, held.lease, { ...open, attempt }, outcome, decide);
      return afterMs === undefined ? 'ended' : 'requeued';
    } catch (thrown) {
      const error = asPipelineError(thrown, held.signal);
      const reason = context.redactor.text(error.message);
      if (error.code === 'fenced') throw error;
      const hasDied = runner.isDead && !held.signal.aborted;
      if (!hasDied || tries === MAX_ATTEMPTS) {
        const state: RunOutcome = error.code === 'cancelled' ? 'cancelled' : 'failed';
        const durationMs = Math.round(performance.now() - startedAt);
        const finished = { ...said(), type: 'runFinished', state, durationMs } as const;
        await cancelled;
        await writeEnd(store, held.lease, open, finishing(state, reason, finished));
        return 'ended';
      }
      await log.flush();
      await endAttempt(
        store,
        run.runId,
        attempt,
        error.code === 'outOfMemory' ? 'outOfMemory' : 'lost',
        reason,
      );
      attempt = await resumeRun(store, held.lease, run.runId);
      if (error.code === 'outOfMemory') limits = { ...limits, parallelTables: 1 };
      emit(runWarning(run.runId, attempt, `${reason} Attempt ${attempt} goes on.`));
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  }
}

type RunFinished = Extract<RunEvent, { readonly type: 'runFinished' }>;

/** The first failure stands for all in a list of runs; every one is in the events. */
function reasonOf(outcome: RunOutcome, failures: ReadonlyMap<string, string>): string | null {
  const [first] = failures.values();
  if (outcome !== 'failed' || first === undefined) return null;
  return failures.size === 1 ? first : `${first} And ${failures.size - 1} more.`;
}

/** The request that a runner gets; it holds secrets and goes nowhere else. */
export function toRunRequest(context: OperationContext, fenceToken: number, run: RunToExecute): RunRequest {
  const state = join(context.projectFolder, STATE_FOLDER);
  return {
    plan: run.plan,
    runId: run.runId,
    attempt: run.attempt,
    fenceToken,
    connections: run.connections,
    ...(run.maskKeys === undefined ? {} : { maskKeys: run.maskKeys }),
    ...(run.tasks === undefined ? {} : { tasks: run.tasks }),
    folders: {
      stage: join(state, 'stage'),
      quarantine: join(state, 'quarantine'),
      scratch: scratchFolder(context, run),
    },
    // A worker that has nothing to do still costs its start.
    limits: { ...run.limits, parallelTables: Math.min(run.limits.parallelTables, run.plan.tasks.length) },
    isFullRefresh: run.options.isFullRefresh,
    isVerified: run.options.isVerified,
  };
}

function scratchFolder(
  { projectFolder }: OperationContext,
  { runId, attempt }: Pick<RunToExecute, 'runId' | 'attempt'>,
): string {
  return join(projectFolder, STATE_FOLDER, 'scratch', `${runId}-${attempt}`);
}

/** Messages come from servers, drivers and code of steps; everything else in an event is ours. */
function redactEvent(event: RunEvent, redactor: Redactor): RunEvent {
  if (event.type === 'warning') return { ...event, message: redactor.text(event.message) };
  if (event.type === 'taskFailed' || event.type === 'taskRetrying')
    return { ...event, error: redactError(event.error, redactor) };
  if (event.type === 'codeLogged') return { ...event, text: redactor.text(event.text) };
  if (event.type === 'taskVerified') return { ...event, statement: redactor.text(event.statement) };
  return event;
}

function redactError(error: PlainPipelineError, redactor: Redactor): PlainPipelineError {
  return { ...error, message: redactor.text(error.message) };
}

function isFenced(signal: AbortSignal): boolean {
  return signal.aborted && signal.reason instanceof PipelineError && signal.reason.code === 'fenced';
}

function asPipelineError(thrown: unknown, signal: AbortSignal): PipelineError {
  if (signal.aborted && signal.reason instanceof PipelineError) return signal.reason;
  if (thrown instanceof PipelineError) return thrown;
  if (signal.aborted)
    return new PipelineError({
      code: 'cancelled',
      blame: 'platform',
      retry: 'never',
      message: CANCELLED,
    });
  const message = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  return new PipelineError({ code: 'internal', blame: 'platform', retry: 'never', message, cause: thrown });
}
