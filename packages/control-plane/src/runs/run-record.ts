import type { Plan } from '@millrace/compiler';
import type { RunOutcome } from '@millrace/engine';

/** What was asked beside the document. A killed run is taken up again only by a command that asks the same. */
export interface RunOptions {
  readonly isFullRefresh: boolean;
  readonly isVerified: boolean;
  /** Globs over source tables; empty means all of the pipeline. */
  readonly tables: readonly string[];
  /** Ids of tasks that are run again, with what is made of their rows; left out for what an earlier run did not get done. */
  readonly fromTasks?: readonly string[];
}

/** Who or what asked for a run. */
export interface RunTrigger {
  readonly kind: 'command' | 'person' | 'schedule';
  /** The name of the person, where one is known. */
  readonly by: string | null;
}

export interface RunRecord {
  readonly runId: string;
  readonly pipeline: string;
  readonly state: 'queued' | 'running' | RunOutcome;
  /** Empty until the run has a plan. */
  readonly documentFingerprint: string;
  readonly options: RunOptions;
  /** The values of the pipeline's parameters that it runs with, by name. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly reason: string | null;
  readonly attempts: number;
  /** Attempts that followed a failure by themselves. */
  readonly retries: number;
  /** When it was asked for; times are ISO 8601 UTC, by the store's clock. */
  readonly queuedAt: string;
  /** A run that waits is not taken before: its last attempt failed, and the next one keeps a distance. */
  readonly availableAt: string;
  /** When its first attempt began; while it waits for that, when it was asked for. */
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly startedBy: RunTrigger;
  /** The run whose unfinished tables it loads; null for others. */
  readonly rerunOf: string | null;
  /** The time of its schedule that it stands for; null for others. */
  readonly slotAt: string | null;
}

export interface RunAttempt {
  readonly attempt: number;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly outcome: string | null;
  readonly reason: string | null;
}

/** A run with the plan of its first attempt; before that, with a plan of nothing. */
export interface StoredRun {
  readonly record: RunRecord;
  readonly plan: Plan;
}

export function isSameRequest(left: RunOptions, right: RunOptions): boolean {
  return (
    left.isFullRefresh === right.isFullRefresh &&
    left.isVerified === right.isVerified &&
    left.tables.length === right.tables.length &&
    left.tables.every((table, index) => table === right.tables[index]) &&
    JSON.stringify(left.fromTasks) === JSON.stringify(right.fromTasks)
  );
}
