import type { CheckResult, DatasetProfile } from '@millrace/compiler';
import type { PlainPipelineError, PublicationRecord } from '@millrace/connector-sdk';
import type { Edit } from '@millrace/spec';

import type { StepCount } from '../steps/step-counts.ts';

/**
 * Append-only history of a run; the state of a run and of each of its tasks is a fold over these (`foldRun`).
 * `at` is ISO 8601 UTC. Nothing in an event is secret.
 */
export type RunEvent = {
  readonly at: string;
  readonly runId: string;
  readonly attempt: number;
} & RunEventBody;

export type RunEventBody =
  | {
      readonly type: 'runStarted';
      readonly pipeline: string;
      readonly planFingerprint: string;
      readonly tasks: readonly string[];
      /** By task what it writes, as people call it. */
      readonly tables: Readonly<Record<string, string>>;
    }
  | {
      readonly type: 'taskStarted';
      readonly task: string;
      readonly mode: 'full' | 'incremental' | 'newFiles';
      readonly reason: string;
    }
  | {
      readonly type: 'taskProgress';
      readonly task: string;
      readonly rows: number;
      readonly bytes: number;
      readonly estimatedRows: number | null;
    }
  | {
      readonly type: 'taskStaged';
      readonly task: string;
      readonly rows: number;
      readonly bytes: number;
      readonly quarantined: number;
      readonly isReused: boolean;
      readonly folder: string;
    }
  /** What a try of a task took, said once its rows are published, or when nothing was new. */
  | ({ readonly type: 'taskMeasured'; readonly task: string } & TaskMeasures)
  | ({ readonly type: 'schemaDrift'; readonly task: string } & SchemaDrift)
  | { readonly type: 'warning'; readonly task: string | null; readonly message: string }
  | {
      readonly type: 'taskRetrying';
      readonly task: string;
      readonly try: number;
      readonly error: PlainPipelineError;
      readonly afterMs: number;
    }
  | {
      readonly type: 'taskPublished';
      readonly task: string;
      readonly record: PublicationRecord;
      readonly rowsRead: number;
      readonly bytesRead: number;
      readonly rowsInserted: number;
      readonly rowsUpdated: number;
      readonly rowsDeleted: number;
      readonly quarantined: number;
      /** What the contract dropped; nothing when left out. */
      readonly discarded?: { readonly rows: number; readonly values: number };
      readonly durationMs: number;
      readonly isAdopted: boolean;
    }
  /** The contract lets the table wait: what was published stays until a person acts. */
  | { readonly type: 'taskPaused'; readonly task: string; readonly reason: string }
  /** Nothing new at the source: nothing was published and the position stands. */
  | { readonly type: 'taskUnchanged'; readonly task: string; readonly durationMs: number }
  /** Source and destination were compared after the load; `isEqual` when no row differs. */
  | {
      readonly type: 'taskVerified';
      readonly task: string;
      readonly isEqual: boolean;
      /** Rows compared on the destination. */
      readonly rows: number;
      readonly onlySource: number;
      readonly onlyDestination: number;
      readonly differing: number;
      /** Rows that the source changed after the load. */
      readonly changedSince: number;
      /** A few keys with the columns that differ, for people. */
      readonly examples: readonly string[];
      readonly statement: string;
    }
  /** The checks of a step, over its rows as they will be; before they are published, or because they are not. */
  | {
      readonly type: 'tableChecked';
      readonly task: string;
      readonly step: string;
      readonly results: readonly CheckResult[];
    }
  /** A line that the code of a step wrote, with its row of what the code was given, counted from 1. */
  | {
      readonly type: 'codeLogged';
      readonly task: string;
      readonly level: 'debug' | 'info' | 'warn' | 'error';
      readonly row: number | null;
      readonly text: string;
    }
  /** Every row of a step whose checks set rows aside is somewhere; counted over all of them, or those a load brought. */
  | {
      readonly type: 'rowsParted';
      readonly task: string;
      readonly step: string;
      readonly rows: number;
      readonly passed: number;
      readonly setAside: number;
      readonly discarded: number;
      readonly isAll: boolean;
    }
  /** What the values of a load look like. It goes into the history of the table, not into the events that are kept. */
  | {
      readonly type: 'tableProfiled';
      readonly task: string;
      readonly scope: 'table' | 'changes';
      readonly profile: DatasetProfile;
    }
  /** A figure of a table is not what its history lets expect. */
  | ({ readonly type: 'anomalyFound'; readonly task: string } & Anomaly)
  | { readonly type: 'taskFailed'; readonly task: string; readonly error: PlainPipelineError }
  | { readonly type: 'runFinished'; readonly state: RunOutcome; readonly durationMs: number };

/** What differs from what was, and what the document could say to it. */
export interface SchemaDrift {
  /** Every difference in words. */
  readonly changes: readonly string[];
  /** The columns as they were published, or planned where nothing was published. */
  readonly before: readonly DriftedColumn[];
  /** The columns of the source as they are; none of a table that is gone. */
  readonly after: readonly DriftedColumn[];
  /** What would let the contract take in what it does not. */
  readonly edits: readonly Edit[];
}

export interface DriftedColumn {
  readonly name: string;
  /** A logical type as text. */
  readonly type: string;
  readonly nullable: boolean;
}

export type RunOutcome = 'succeeded' | 'failed' | 'cancelled';

export interface Anomaly {
  readonly metric: 'rowCount' | 'nullShare' | 'freshness' | 'distribution' | 'duration';
  /** Null where it is about the table as a whole. */
  readonly column: string | null;
  /** Rows, a share from 0 to 1, seconds (freshness, duration), or a mean (distribution). */
  readonly value: number;
  /** Between these it would have been normal. */
  readonly low: number;
  readonly high: number;
  readonly message: string;
}

/** Times in milliseconds. What is not known is null: a table that is read from a connection has no memory of its own. */
export interface TaskMeasures {
  /** The steps that were computed for it; empty where rows are only read. */
  readonly steps: readonly string[];
  /** The rows of those steps, in their order; absent for tables that are only read, and when the rows of an earlier try were published. */
  readonly counts?: readonly StepCount[];
  /** Rows that the source sent; for steps, those of the load packages that they are computed from. */
  readonly rowsIn: number;
  /** Rows that were staged. */
  readonly rowsOut: number;
  readonly bytesIn: number;
  /** Size of the staged files. */
  readonly bytesOut: number;
  readonly durationMs: number;
  /** Of DuckDB for steps, of the thread that read for tables. */
  readonly cpuMs: number | null;
  /** The most that DuckDB held meanwhile, for all tasks at work. */
  readonly peakMemoryBytes: number | null;
  readonly spilledBytes: number | null;
}
