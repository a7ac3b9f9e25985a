import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { DatasetProfile, Plan } from '@millrace/compiler';
import { PipelineError } from '@millrace/connector-sdk';
import type { PlainPipelineError } from '@millrace/connector-sdk';
import { foldRun } from '@millrace/engine';
import type { ResolvedConnection, RunEvent, RunLimits, RunOutcome, RunRequest } from '@millrace/engine';

import { registerDatasets } from '../catalogue/register-datasets.ts';
import { judgeTables } from '../history/judge-tables.ts';
import { lockTables, type WrittenTable } from '../queue/lock-tables.ts';
import { STATE_FOLDER } from '../state-folder.ts';
import type { OperationContext } from '../operation-context.ts';
import type { Redactor } from '../secrets/redactor.ts';
import { EventLog } from './event-log.ts';
import type { HeldLease } from './run-lease.ts';
import type { RunOptions } from './run-record.ts';
import { readEvents } from './run-store.ts';
import { retryMessage } from './retry-policy.ts';
import { CANCELLED, runWarning } from './run-warning.ts';
import { endAttempt, finishRun, requeueRun, resumeRun } from './run-transitions.ts';

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
  /** When another attempt should follow failures, in milliseconds; none when undefined or left out. */
  readonly retryAfterMs?: (errors: readonly PlainPipelineError[]) => number | undefined;
}

/**
 * Executes a recorded run to its end and records that end, or puts it back into the queue for another attempt. A runner
 * process that dies is replaced by another attempt of the same run at once. Waits for tables that other runs write.
 * Throws only `fenced`: then the run belongs to another process and its record is left alone.
 */
export async function executeRun(
  context: OperationContext,
  held: HeldLease,
  run: RunToExecute,
): Promise<'ended' | 'requeued'> {
  const store = await context.store();
  await using log = new EventLog(store);
  const failures = new Map<string, string>();
  const errors = new Map<string, PlainPipelineError>();
  const profiles = new Map<string, DatasetProfile>();
  const end: { event?: RunEvent } = {};
  const emit = (event: RunEvent): void => {
    const clean = redactEvent(event, context.redactor);
    if (clean.type === 'tableProfiled') profiles.set(clean.task, clean.profile);
    log.append(clean);
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
      cancelled = finishRun(store, held.lease, run.runId, 'cancelled', cancelReason());
  };
  held.signal.addEventListener('abort', recordCancel, { once: true });
  using _listening = { [Symbol.dispose]: () => held.signal.removeEventListener('abort', recordCancel) };
  /** What fails here fails no run. What a cancelled run measured is not compared; what it published is there all the same. */
  async function takeIn(outcome: RunOutcome): Promise<void> {
    const { runId, plan } = run;
    const said = (): Pick<RunEvent, 'at' | 'runId' | 'attempt'> => ({
      at: new Date().toISOString(),
      runId,
      attempt,
    });
    try {
      const state = { ...foldRun(await readEvents(store, runId)), runId };
      const isJudged = outcome !== 'cancelled';
      const anomalies = isJudged ? await judgeTables(store, plan, state, profiles, Date.now()) : [];
      for (const anomaly of anomalies) emit({ ...said(), type: 'anomalyFound', ...anomaly });
      await registerDatasets(store, plan, state, anomalies, Date.now());
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const message = `What was measured could not be added to the history of the tables: ${reason}`;
      emit(runWarning(runId, attempt, message));
    }
  }
  const tasks = run.plan.tasks.filter(({ id }) => run.tasks?.includes(id) ?? true);
  const sayWait = ({ table, runId }: WrittenTable): void =>
    emit(runWarning(run.runId, attempt, `Waits: run ${runId} writes ${table} now.`));
  for (let tries = 1; ; tries++) {
    const runner = context.runner();
    const scratch = scratchFolder(context, { ...run, attempt });
    delete end.event;
    try {
      await using tables = await lockTables(store, run.runId, tasks, sayWait, held.signal);
      const request = toRunRequest(context, tables.fenceToken, { ...run, attempt, limits });
      const outcome = await runner.call('run', { run: request }, held.signal, emitUntilEnd);
      await log.flush();
      await cancelled;
      if (!isFenced(held.signal)) await takeIn(outcome);
      const reason = reasonOf(outcome, failures);
      const afterMs = outcome === 'failed' ? run.retryAfterMs?.([...errors.values()]) : undefined;
      if (afterMs !== undefined && !held.signal.aborted) {
        emit(runWarning(run.runId, attempt, retryMessage(attempt, reason ?? '', afterMs)));
        await log.flush();
        const attemptEnd = { outcome: 'failed', reason: reason ?? '', afterMs, isRetry: true } as const;
        await requeueRun(store, held.lease, run.runId, attemptEnd);
        return 'requeued';
      }
      if (end.event !== undefined) emit(end.event);
      await log.flush();
      if (isFenced(held.signal)) throw held.signal.reason;
      await finishRun(store, held.lease, run.runId, outcome, reason ?? run.reason ?? null);
      return 'ended';
    } catch (thrown) {
      const error = asPipelineError(thrown, held.signal);
      const reason = context.redactor.text(error.message);
      if (error.code === 'fenced') throw error;
      const hasDied = runner.isDead && !held.signal.aborted;
      if (!hasDied || tries === MAX_ATTEMPTS) {
        const state: RunOutcome = error.code === 'cancelled' ? 'cancelled' : 'failed';
        emit({
          at: new Date().toISOString(),
          runId: run.runId,
          attempt,
          type: 'runFinished',
          state,
          durationMs: Math.round(performance.now() - startedAt),
        });
        await log.flush();
        await cancelled;
        await finishRun(store, held.lease, run.runId, state, reason);
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
