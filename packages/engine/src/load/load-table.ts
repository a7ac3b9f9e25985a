import { LANDING, type HeldTable, type LoadTask } from '@millrace/compiler';
import {
  PipelineError,
  throwIfCancelled,
  toPlainPipelineError,
  type PublishResult,
} from '@millrace/connector-sdk';

import { findReusable, taskFolder, type LoadPackage } from '../package/package-store.ts';
import { profileLoad } from '../profile/profile-load.ts';
import type { RunEventBody } from '../run/run-event.ts';
import type { RunRequest } from '../run/run-request.ts';
import type { RunSession } from '../run/run-session.ts';
import { retryDelayMs, waitMs } from '../run/retry.ts';
import type { Slots } from '../run/slots.ts';
import { balanceRows } from '../steps/balance-rows.ts';
import { judgeRows } from '../steps/judge-rows.ts';
import { needsCursorEvidence, refuseUnfitCursor } from './check-cursor.ts';
import { startExtraction } from './extract-package.ts';
import { fingerprintSchema } from './fingerprint-schema.ts';
import { heldDrift } from './held-drift.ts';
import { keepHouse } from './keep-house.ts';
import { readMode } from './decide-load.ts';
import { prepareLoad } from './prepare-load.ts';
import { publishDuring, publishPackage } from './publish-package.ts';
import { reportAdopted, reportMeasured, reportPublished, reportVerified } from './report-load.ts';
import { isKeyGuaranteed, isKeyed, type TableLoad } from './table-load.ts';

export interface LoadTableOptions {
  readonly session: RunSession;
  readonly request: RunRequest;
  readonly task: LoadTask;
  readonly extracting: Slots;
  /** Before others that wait for a place among those that extract. */
  readonly isUrgent: boolean;
  /** True when no other table of the run still needs the destination; then rows are published while they arrive. */
  readonly isLast: () => boolean;
  readonly emit: (event: RunEventBody) => void;
}

export type LoadOutcome = 'published' | 'unchanged' | 'paused' | 'failed' | 'cancelled';

/** Loads one table, with retries. Never throws: a failure is an event, and other tables go on. */
export async function loadTable(options: LoadTableOptions, signal: AbortSignal): Promise<LoadOutcome> {
  const { task, request, emit } = options;
  if (task.held !== undefined) {
    emit({ type: 'schemaDrift', task: task.id, ...heldDrift(task, task.held) });
    return fail(options, heldError(task.held));
  }
  for (let tries = 1; ; tries++) {
    try {
      return await tryTable(options, tries, signal);
    } catch (caught) {
      const error = signal.aborted ? cancellation(signal, caught) : caught;
      const afterMs = retryDelayMs(error, tries, request.limits.maxTries);
      if (afterMs === undefined || signal.aborted) return fail(options, error);
      emit({ type: 'taskRetrying', task: task.id, try: tries, error: toPlainPipelineError(error), afterMs });
      try {
        await waitMs(afterMs, signal);
      } catch (stopped) {
        return fail(options, stopped);
      }
    }
  }
}

async function tryTable(options: LoadTableOptions, tries: number, signal: AbortSignal): Promise<LoadOutcome> {
  const { session, request, emit } = options;
  const startedAt = performance.now();
  const leave = await options.extracting.take(signal, options.isUrgent);
  try {
    const planned = options.task;
    if (tries > 1) {
      (await session.source(planned.source.connection)).forget(planned.source.table.table);
      (await session.destination(planned.destination.connection, signal)).forget(planned.destination.table);
    }
    const { decision, ...prepared } = await prepareLoad(session, planned, request, signal, (drift) =>
      emit({ type: 'schemaDrift', task: planned.id, ...drift }),
    );
    const { task, source, destination } = prepared;
    const verify = async (): Promise<void> => {
      if (!request.isVerified) return;
      const { runId } = request;
      await reportVerified({ task, source, destination, session, runId }, emit, signal);
    };
    if (decision.kind === 'adopt') {
      reportAdopted(options.task, decision.record, performance.now() - startedAt, emit);
      await verify();
      return 'published';
    }
    emit({ type: 'taskStarted', task: task.id, mode: readMode(decision), reason: decision.reason });
    const load: TableLoad = {
      session,
      pipeline: request.plan.pipeline,
      runId: request.runId,
      attempt: request.attempt,
      fenceToken: request.fenceToken,
      ...prepared,
      decision,
      profile: request.plan.profile ?? 'quick',
      taskPath: taskFolder(request.folders.stage, request.plan.pipeline, task.id),
      loadedAt: new Date().toISOString(),
      emit,
    };
    session.point('planned', task.id);
    const outcome = await moveRows(load, options, leave, tries, signal);
    reportMeasured(load, outcome?.finished, startedAt);
    if (outcome === undefined) {
      // Time and other tables may have changed what they are compared with.
      await judgeRows(load, undefined, signal);
      await balanceRows(load, undefined);
      emit({ type: 'taskUnchanged', task: task.id, durationMs: elapsed(startedAt) });
      await verify();
      return 'unchanged';
    }
    reportPublished(load, outcome.result, outcome.finished, startedAt);
    session.point('recorded', task.id);
    destination.forget(task.destination.table);
    const profile = await outcome.profiling;
    if (profile !== undefined) emit(profile);
    await keepHouse(load, signal);
    // Packages were merged and removed.
    destination.forget(task.destination.table);
    await verify();
    return 'published';
  } finally {
    leave();
  }
}

interface Moved {
  readonly result: PublishResult;
  readonly finished: LoadPackage;
  /** Described while they are published. */
  readonly profiling: Promise<RunEventBody | undefined>;
}

/** Extracts, stages, checks and publishes; undefined when there was nothing new. */
async function moveRows(
  load: TableLoad,
  options: LoadTableOptions,
  leave: () => void,
  tries: number,
  signal: AbortSignal,
): Promise<Moved | undefined> {
  const reused = tries > 1 || load.attempt > 1 ? await reusePackage(load) : undefined;
  if (reused !== undefined) {
    leave();
    return publishFinished({ ...load, loadedAt: reused.manifest.createdAt }, reused, signal);
  }
  await checkCursor(load, signal);
  const stop = new AbortController();
  const isEarly = canPublishEarly(load, options);
  const extraction = startExtraction(load, isEarly, AbortSignal.any([signal, stop.signal]));
  if (!isEarly) {
    const finished = await extraction.finished;
    leave();
    return finished === undefined ? undefined : publishFinished(load, finished, signal);
  }
  const done = await load.destination.publishing.take(signal);
  try {
    const result = await publishDuring(load, extraction, signal);
    const finished = await extraction.finished;
    return finished === undefined
      ? undefined
      : { result, finished, profiling: profileLoad(load, finished, signal) };
  } catch (error) {
    // What can be tried again finds the finished package; what cannot need not be read to its end.
    if (!(error instanceof PipelineError) || error.retry === 'never') stop.abort(error);
    await extraction.finished.catch(() => {});
    throw error;
  } finally {
    done();
  }
}

async function publishFinished(load: TableLoad, finished: LoadPackage, signal: AbortSignal): Promise<Moved> {
  await judgeRows(load, finished, signal);
  await balanceRows(load, finished);
  load.session.point('checked', load.task.id);
  const profiling = profileLoad(load, finished, signal);
  // A cancelled load fails by its publication.
  profiling.catch(() => undefined);
  try {
    const done = await load.destination.publishing.take(signal);
    try {
      throwIfCancelled(signal);
      return { result: await publishPackage(load, finished, signal), finished, profiling };
    } finally {
      done();
    }
  } catch (error) {
    // It reads files that go when the load has failed.
    await profiling.catch(() => undefined);
    throw error;
  }
}

async function reusePackage(load: TableLoad): Promise<LoadPackage | undefined> {
  const reused = await findReusable({
    taskPath: load.taskPath,
    runId: load.runId,
    kind: load.decision.kind === 'full' || load.published === undefined ? 'full' : 'delta',
    schemaFingerprint: fingerprintSchema(load.task),
    previousRunId: load.published?.record?.runId ?? null,
  });
  if (reused === undefined) return undefined;
  const { rows, bytesReceived, rejected } = reused.manifest;
  load.emit({
    type: 'taskStaged',
    task: load.task.id,
    rows,
    bytes: bytesReceived,
    quarantined: rejected,
    isReused: true,
    folder: reused.folder,
  });
  return reused;
}

/** Refuses a cursor with evidence: before its first load in every case, later only where NULLs may have come. */
async function checkCursor({ task, source, decision }: TableLoad, signal: AbortSignal): Promise<void> {
  if (task.load.kind !== 'incremental' || task.destination.mode === 'replace') return;
  const { cursor } = task.load;
  const isNullable = task.source.table.fields.find((field) => field.name === cursor)?.nullable ?? true;
  if (decision.kind === 'full' ? !needsCursorEvidence(task, cursor) : !isNullable) return;
  refuseUnfitCursor(task, cursor, await source.inspectCursor(task.source.table, cursor, signal));
}

/** Whether the destination may take files while rows still arrive: no later check can change them, and no one else waits. */
function canPublishEarly(load: TableLoad, options: LoadTableOptions): boolean {
  const { decision, task, destination } = load;
  // What lands is judged first, and published by a word; there is nothing to save.
  if (task.destination.connection === LANDING) return false;
  if (decision.kind !== 'full' || (decision.isComplete && decision.publishMode !== 'replace')) return false;
  if (isKeyed(task) && !isKeyGuaranteed(task)) return false;
  return (
    destination.publishing.isFree && (destination.capabilities.parallelPublishes > 1 || options.isLast())
  );
}

function fail({ task, emit }: LoadTableOptions, error: unknown): LoadOutcome {
  const plain = toPlainPipelineError(error);
  if (plain.code === 'tablePaused') {
    emit({ type: 'taskPaused', task: task.id, reason: plain.message });
    return 'paused';
  }
  emit({ type: 'taskFailed', task: task.id, error: plain });
  return plain.code === 'cancelled' ? 'cancelled' : 'failed';
}

/** A table that appeared or is gone, and that the contract stops. */
function heldError({ mode, reason }: HeldTable): PipelineError {
  return new PipelineError({
    code: mode === 'pauseTable' ? 'tablePaused' : 'schemaDrift',
    blame: 'source',
    retry: 'never',
    message: reason,
  });
}

/** After a cancellation every failure is its consequence. */
function cancellation(signal: AbortSignal, caught: unknown): unknown {
  try {
    throwIfCancelled(signal);
  } catch (error) {
    return error;
  }
  return caught;
}

function elapsed(startedAt: number): number {
  return Math.round(performance.now() - startedAt);
}
