import type { CheckResult } from '@millrace/compiler';
import type { PlainPipelineError, PublicationRecord } from '@millrace/connector-sdk';

import type { Anomaly, RunEvent, RunOutcome, SchemaDrift, TaskMeasures } from './run-event.ts';

/** Where a task stands; the last five are terminal within an attempt. */
export type TaskStatus =
  | 'waiting'
  | 'running'
  | 'retrying'
  | 'published'
  | 'unchanged'
  | 'paused'
  | 'failed'
  | 'cancelled';

/** What the events say about one task. Rows and bytes are of the load, not of the table. */
export interface TaskState {
  readonly task: string;
  readonly status: TaskStatus;
  readonly mode: 'full' | 'incremental' | 'newFiles' | null;
  readonly rows: number;
  readonly bytes: number;
  readonly estimatedRows: number | null;
  readonly rowsInserted: number;
  readonly rowsUpdated: number;
  readonly rowsDeleted: number;
  readonly quarantined: number;
  readonly tries: number;
  readonly durationMs: number | null;
  readonly record: PublicationRecord | null;
  readonly verified: {
    readonly isEqual: boolean;
    readonly differences: number;
    readonly statement: string;
  } | null;
  /** Figures that are not what history lets expect. */
  readonly anomalies: readonly Anomaly[];
  /** What its rows took, in the last try. */
  readonly measures: TaskMeasures | null;
  /** What became of its checks, in the last try. */
  readonly checks: readonly CheckResult[];
  /** How the source differs from what was; null when it does not. */
  readonly drift: SchemaDrift | null;
  /** Rows that the contract dropped, and values that it left out. */
  readonly discarded: { readonly rows: number; readonly values: number };
  /** Why a table waits; null for others. */
  readonly pausedBecause: string | null;
  /** Where the rows of a step went whose checks set rows aside; null for other tasks. */
  readonly parted: PartedRows | null;
  readonly error: PlainPipelineError | null;
}

/** `rows` are the sum of the others: all rows of the step, or those that the load brought. */
export interface PartedRows {
  readonly step: string;
  readonly rows: number;
  readonly passed: number;
  readonly setAside: number;
  readonly discarded: number;
  readonly isAll: boolean;
}

export interface RunTotals {
  readonly rows: number;
  readonly bytes: number;
  readonly quarantined: number;
  readonly published: number;
  readonly unchanged: number;
  readonly paused: number;
  readonly failed: number;
  readonly unfinished: number;
}

/** The state of a run as its events tell it. */
export interface RunState {
  readonly runId: string | null;
  readonly pipeline: string | null;
  readonly status: 'waiting' | 'running' | RunOutcome;
  /** The highest attempt that was started. */
  readonly attempt: number;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly tasks: ReadonlyMap<string, TaskState>;
  readonly warnings: readonly string[];
  readonly totals: RunTotals;
}

/**
 * The state of a run: a pure fold over its events in order. A run that ended stays ended, whatever comes later; a task
 * that was published or found unchanged keeps that through later attempts, which can only confirm it.
 */
export function foldRun(events: Iterable<RunEvent>): RunState {
  const tasks = new Map<string, TaskState>();
  const warnings: string[] = [];
  let run: Omit<RunState, 'tasks' | 'warnings' | 'totals'> = {
    runId: null,
    pipeline: null,
    status: 'waiting',
    attempt: 0,
    startedAt: null,
    finishedAt: null,
  };
  for (const event of events) {
    if (isOutcome(run.status) || event.attempt < run.attempt) continue;
    if (event.type === 'runStarted') {
      run = {
        ...run,
        runId: event.runId,
        pipeline: event.pipeline,
        status: 'running',
        attempt: event.attempt,
        startedAt: run.startedAt ?? event.at,
      };
      for (const task of event.tasks) {
        const known = tasks.get(task);
        if (known === undefined || !isDone(known.status)) tasks.set(task, waitingTask(task));
      }
    } else if (event.type === 'runFinished') {
      run = { ...run, status: event.state, finishedAt: event.at };
      for (const [name, task] of tasks) {
        if (event.state === 'cancelled' && !isTerminal(task.status))
          tasks.set(name, { ...task, status: 'cancelled' });
      }
    } else {
      if (event.type === 'warning') warnings.push(event.message);
      if (event.task === null) continue;
      const next = foldTask(tasks.get(event.task) ?? waitingTask(event.task), event);
      tasks.set(event.task, next);
    }
  }
  return { ...run, tasks, warnings, totals: sumTasks(tasks.values()) };
}

type TaskEvent = Exclude<RunEvent, { type: 'runStarted' } | { type: 'runFinished' }>;

function foldTask(state: TaskState, event: TaskEvent): TaskState {
  if (event.type === 'taskVerified') {
    const differences = event.onlySource + event.onlyDestination + event.differing;
    const verified = { isEqual: event.isEqual, differences, statement: event.statement };
    return { ...state, verified, error: isDone(state.status) ? null : state.error };
  }
  // What is published stays so; that it could not be verified must be said all the same.
  if (event.type === 'taskFailed' && isDone(state.status)) return { ...state, error: event.error };
  if (event.type === 'anomalyFound') {
    const { metric, column, value, low, high, message } = event;
    return { ...state, anomalies: [...state.anomalies, { metric, column, value, low, high, message }] };
  }
  if (isTerminal(state.status)) return state;
  switch (event.type) {
    case 'taskStarted':
      return { ...state, status: 'running', mode: event.mode, tries: state.tries + 1 };
    case 'taskProgress':
      return { ...state, rows: event.rows, bytes: event.bytes, estimatedRows: event.estimatedRows };
    case 'taskStaged':
      return { ...state, rows: event.rows, bytes: event.bytes, quarantined: event.quarantined };
    case 'taskRetrying':
      return { ...state, status: 'retrying', error: event.error };
    case 'taskPublished':
      return {
        ...state,
        status: 'published',
        rows: event.rowsRead,
        bytes: event.bytesRead,
        rowsInserted: event.rowsInserted,
        rowsUpdated: event.rowsUpdated,
        rowsDeleted: event.rowsDeleted,
        quarantined: event.quarantined,
        discarded: event.discarded ?? NONE_DISCARDED,
        durationMs: event.durationMs,
        record: event.record,
        error: null,
      };
    case 'taskPaused':
      return { ...state, status: 'paused', pausedBecause: event.reason, error: null };
    case 'taskUnchanged':
      return { ...state, status: 'unchanged', durationMs: event.durationMs, error: null };
    case 'taskFailed':
      return {
        ...state,
        status: event.error.code === 'cancelled' ? 'cancelled' : 'failed',
        error: event.error,
      };
    case 'taskMeasured':
      return { ...state, measures: measuresOf(event) };
    case 'tableChecked':
      return { ...state, checks: event.results };
    case 'rowsParted': {
      const { step, rows, passed, setAside, discarded, isAll } = event;
      return { ...state, parted: { step, rows, passed, setAside, discarded, isAll } };
    }
    case 'schemaDrift': {
      const { changes, before, after, edits } = event;
      return { ...state, drift: { changes, before, after, edits } };
    }
    case 'codeLogged':
    case 'tableProfiled':
    case 'warning':
      return state;
  }
}

const NONE_DISCARDED = { rows: 0, values: 0 };

function measuresOf(event: TaskMeasures): TaskMeasures {
  const { steps, counts, rowsIn, rowsOut, bytesIn, bytesOut } = event;
  const { durationMs, cpuMs, peakMemoryBytes, spilledBytes } = event;
  const took = { durationMs, cpuMs, peakMemoryBytes, spilledBytes };
  return { steps, ...(counts && { counts }), rowsIn, rowsOut, bytesIn, bytesOut, ...took };
}

function waitingTask(task: string): TaskState {
  return {
    task,
    status: 'waiting',
    mode: null,
    rows: 0,
    bytes: 0,
    estimatedRows: null,
    rowsInserted: 0,
    rowsUpdated: 0,
    rowsDeleted: 0,
    quarantined: 0,
    tries: 0,
    durationMs: null,
    record: null,
    verified: null,
    anomalies: [],
    measures: null,
    checks: [],
    drift: null,
    discarded: NONE_DISCARDED,
    pausedBecause: null,
    parted: null,
    error: null,
  };
}

function sumTasks(tasks: Iterable<TaskState>): RunTotals {
  const totals = {
    rows: 0,
    bytes: 0,
    quarantined: 0,
    published: 0,
    unchanged: 0,
    paused: 0,
    failed: 0,
    unfinished: 0,
  };
  for (const task of tasks) {
    totals.rows += task.rows;
    totals.bytes += task.bytes;
    totals.quarantined += task.quarantined;
    if (task.status === 'published') totals.published++;
    else if (task.status === 'unchanged') totals.unchanged++;
    else if (task.status === 'paused') totals.paused++;
    else if (task.status === 'failed') totals.failed++;
    else totals.unfinished++;
  }
  return totals;
}

function isDone(status: TaskStatus): boolean {
  return status === 'published' || status === 'unchanged';
}

function isTerminal(status: TaskStatus): boolean {
  return isDone(status) || status === 'paused' || status === 'failed' || status === 'cancelled';
}

function isOutcome(status: RunState['status']): status is RunOutcome {
  return status === 'succeeded' || status === 'failed' || status === 'cancelled';
}
