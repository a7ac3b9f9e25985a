import type { Plan } from '@millrace/compiler';
import type { RunOutcome } from '@millrace/engine';

/** What was asked beside the document. A killed run is taken up again only by a command that asks the same. */
export interface RunOptions {
  readonly isFullRefresh: boolean;
  readonly isVerified: boolean;
  /** Globs over source tables; empty means all of the pipeline. */
  readonly tables: readonly string[];
}

export interface RunRecord {
  readonly runId: string;
  readonly pipeline: string;
  readonly state: 'running' | RunOutcome;
  readonly documentFingerprint: string;
  readonly options: RunOptions;
  /** The values of the pipeline's parameters that it runs with, by name. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly reason: string | null;
  readonly attempts: number;
  /** ISO 8601 UTC, by the store's clock. */
  readonly startedAt: string;
  readonly finishedAt: string | null;
}

export interface RunAttempt {
  readonly attempt: number;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly outcome: string | null;
  readonly reason: string | null;
}

/** A run to take up again: its plan as it was approved, and the number of the next attempt. */
export interface UnfinishedRun {
  readonly record: RunRecord;
  readonly plan: Plan;
}

export function isSameRequest(left: RunOptions, right: RunOptions): boolean {
  return (
    left.isFullRefresh === right.isFullRefresh &&
    left.isVerified === right.isVerified &&
    left.tables.length === right.tables.length &&
    left.tables.every((table, index) => table === right.tables[index])
  );
}
