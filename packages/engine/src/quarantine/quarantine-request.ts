import type { Plan } from '@millrace/compiler';

import type { RunFolders, RunLimits } from '../run/run-request.ts';

/** Whose rows in quarantine are asked for. */
export interface QuarantineRequest {
  /** One plan for each pipeline, as it ran last. */
  readonly plans: readonly Plan[];
  /** Loads that were published, as far as they are known, in any order. */
  readonly loads: readonly PublishedLoad[];
  readonly folders: RunFolders;
  readonly limits: Pick<RunLimits, 'memoryBytes' | 'threads'>;
  readonly selection: QuarantineSelection;
}

export interface PublishedLoad {
  readonly pipeline: string;
  readonly task: string;
  readonly runId: string;
  /** What a load in full set aside before is over: it read every row again. */
  readonly isFull: boolean;
}

/** `check`: set aside by a check of a step. `load`: a value that its column cannot hold. */
export type QuarantineKind = 'check' | 'load';

/** What is left out does not matter. */
export interface QuarantineSelection {
  readonly kind?: QuarantineKind | undefined;
  /** A step, or a table that is loaded. */
  readonly step?: string | undefined;
  readonly check?: string | undefined;
  /** Beginnings of what rows are recognised by. */
  readonly rows?: readonly string[] | undefined;
}

/** Rows that were set aside for the same reason. */
export interface QuarantineGroup {
  readonly pipeline: string;
  readonly kind: QuarantineKind;
  readonly step: string;
  /** Null for rows that were set aside while they were loaded. */
  readonly check: string | null;
  readonly reason: string;
  /** A row that fails several checks is in the group of each. */
  readonly rows: number;
  /** The earliest run, of those whose load packages are kept, that set one of them aside. */
  readonly sinceRun: string | null;
  /** False for rows that stopped their load, of which nothing was published. */
  readonly isPublished: boolean;
}

/** A row as it was, as text. */
export interface QuarantinedRecord {
  readonly pipeline: string;
  readonly kind: QuarantineKind;
  readonly step: string;
  /** What the row is recognised by. */
  readonly row: string;
  readonly checks: readonly string[];
  readonly reasons: readonly string[];
  readonly run: string | null;
  /** Where it stood in the source, when that says: `orders.csv:1042`. */
  readonly origin: string | null;
  readonly key: readonly string[];
  readonly columns: readonly string[];
  /** In the order of `columns`; bytes that are no text are escaped. */
  readonly values: readonly (string | null)[];
}
