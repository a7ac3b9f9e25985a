import type { LoadTask, ProfileDepth } from '@millrace/compiler';
import type { PublishedTable, SchemaChange, ServerIdentity } from '@millrace/connector-sdk';

import type { OpenDestination } from '../run/open-destination.ts';
import type { OpenSource } from '../run/open-source.ts';
import type { RunEventBody } from '../run/run-event.ts';
import type { RunSession } from '../run/run-session.ts';
import type { StepCount } from '../steps/step-counts.ts';
import type { LoadDecision } from './decide-load.ts';

/** One try of one table: everything that was found out before rows move. */
export interface TableLoad {
  readonly session: RunSession;
  readonly pipeline: string;
  readonly runId: string;
  readonly attempt: number;
  readonly fenceToken: number;
  /** With the schema of the source as it is now, after the contract was applied. */
  readonly task: LoadTask;
  /** What the destination has to change before the rows fit. */
  readonly changes: readonly SchemaChange[];
  readonly source: OpenSource;
  readonly destination: OpenDestination;
  readonly identity: ServerIdentity;
  readonly published: PublishedTable | undefined;
  readonly decision: Exclude<LoadDecision, { kind: 'adopt' }>;
  readonly profile: ProfileDepth;
  /** Folder of all packages of the task. */
  readonly taskPath: string;
  /** ISO 8601 UTC; the time of the load as the destination's rows show it. */
  readonly loadedAt: string;
  readonly emit: (event: RunEventBody) => void;
  /** The rows of the steps that were computed for it. */
  counts?: readonly StepCount[];
  /** What came and what was staged of it, once it has; also where that is then found to be nothing new. */
  moved?: {
    readonly rowsIn: number;
    readonly bytesIn: number;
    readonly cpuMs: number | null;
    readonly rowsOut: number;
    readonly bytesOut: number;
  };
}

/** True when the source itself guarantees that the destination's key is unique in one consistent read. */
export function isKeyGuaranteed(task: LoadTask): boolean {
  const { key, kind } = task.source.table;
  if (kind !== 'table' || key.length === 0) return false;
  const published = new Set(task.destination.key);
  return key.every((name) =>
    task.columns.some(
      (column) =>
        column.origin.kind === 'source' && column.origin.column === name && published.has(column.field.name),
    ),
  );
}

/** True when rows are matched by key at the destination, so that each key may appear once in a package. */
export function isKeyed(task: LoadTask): boolean {
  return task.destination.mode === 'merge' || task.destination.mode === 'scd2';
}
