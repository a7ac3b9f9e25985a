import { titleTask, type CheckResult, type LoadTask, type Plan } from '@millrace/compiler';
import type { PlainPipelineError } from '@millrace/connector-sdk';
import { foldRun } from '@millrace/engine';
import type { Anomaly, PartedRows, RunEvent, TaskMeasures, TaskState } from '@millrace/engine';

import type { RunRecord } from './run-record.ts';

/** What became of one table. Rows and bytes are of the load, not of the table. */
export interface TaskSummary {
  readonly task: string;
  readonly source: string;
  readonly table: string;
  readonly connection: string;
  readonly mode: string;
  readonly write: string;
  readonly state: TaskState['status'];
  readonly rows: number;
  readonly bytes: number;
  readonly estimatedRows: number | null;
  readonly rowsInserted: number;
  readonly rowsUpdated: number;
  readonly rowsDeleted: number;
  readonly quarantined: number;
  readonly durationMs: number | null;
  readonly version: number | null;
  /** null when the run was not asked to verify. */
  readonly verified: { readonly isEqual: boolean; readonly differences: number } | null;
  readonly anomalies: readonly Anomaly[];
  readonly measures: TaskMeasures | null;
  readonly checks: readonly CheckResult[];
  /** How the source differs from what was; null when it does not. */
  readonly drift: TaskState['drift'];
  /** Rows that the contract dropped, and values that it left out. */
  readonly discarded: TaskState['discarded'];
  /** Why the table waits for a person; null for others. */
  readonly pausedBecause: string | null;
  /** Where the rows of a step went whose checks set rows aside. */
  readonly parted: PartedRows | null;
  readonly error: PlainPipelineError | null;
}

export interface RunSummary {
  readonly runId: string;
  readonly pipeline: string;
  readonly state: RunRecord['state'];
  readonly reason: string | null;
  readonly attempts: number;
  /** The values that it ran with, by name. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly durationMs: number | null;
  readonly tasks: readonly TaskSummary[];
  readonly totals: {
    readonly tables: number;
    readonly rows: number;
    readonly bytes: number;
    readonly published: number;
    readonly unchanged: number;
    readonly paused: number;
    readonly failed: number;
    readonly quarantined: number;
  };
  readonly warnings: readonly string[];
}

/** The run as its record, its plan and its events tell it. */
export function summarizeRun(record: RunRecord, plan: Plan, events: Iterable<RunEvent>): RunSummary {
  const state = foldRun(events);
  const tasks = plan.tasks.map((task) => summarizeTask(task, state.tasks.get(task.id)));
  const { rows, bytes, published, unchanged, paused, failed, quarantined } = state.totals;
  return {
    runId: record.runId,
    pipeline: record.pipeline,
    state: record.state,
    reason: record.reason,
    attempts: record.attempts,
    parameters: record.parameters,
    startedAt: record.startedAt,
    finishedAt: record.finishedAt,
    durationMs:
      record.finishedAt === null ? null : Date.parse(record.finishedAt) - Date.parse(record.startedAt),
    tasks,
    totals: { tables: tasks.length, rows, bytes, published, unchanged, paused, failed, quarantined },
    warnings: state.warnings,
  };
}

/** A task of a plan and where it stands; `state` is undefined before its run has started. */
export function summarizeTask(task: LoadTask, state: TaskState | undefined): TaskSummary {
  return {
    task: task.id,
    ...titleTask(task),
    mode: state?.mode ?? task.load.kind,
    write: task.destination.mode,
    state: state?.status ?? 'waiting',
    rows: state?.rows ?? 0,
    bytes: state?.bytes ?? 0,
    estimatedRows: state?.estimatedRows ?? task.source.table.estimatedRows,
    rowsInserted: state?.rowsInserted ?? 0,
    rowsUpdated: state?.rowsUpdated ?? 0,
    rowsDeleted: state?.rowsDeleted ?? 0,
    quarantined: state?.quarantined ?? 0,
    durationMs: state?.durationMs ?? null,
    version: state?.record?.version ?? null,
    verified: state?.verified
      ? { isEqual: state.verified.isEqual, differences: state.verified.differences }
      : null,
    anomalies: state?.anomalies ?? [],
    measures: state?.measures ?? null,
    checks: state?.checks ?? [],
    drift: state?.drift ?? null,
    discarded: state?.discarded ?? { rows: 0, values: 0 },
    pausedBecause: state?.pausedBecause ?? null,
    parted: state?.parted ?? null,
    error: state?.error ?? null,
  };
}
