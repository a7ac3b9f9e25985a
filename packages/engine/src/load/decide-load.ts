import type { LoadTask } from '@millrace/compiler';
import {
  PipelineError,
  type PublicationRecord,
  type PublishedTable,
  type ServerIdentity,
} from '@millrace/connector-sdk';
import { formatTableName, type WriteMode } from '@millrace/spec';

import {
  formatLoadPosition,
  readLoadPosition,
  type CursorPosition,
  type LoadPosition,
} from './load-position.ts';

/** What a task does in this run, and why. The destination's own record decides, never a local file. */
export type LoadDecision =
  /** This run published the table already; only its reply was lost. */
  | { readonly kind: 'adopt'; readonly record: PublicationRecord }
  | {
      readonly kind: 'full';
      readonly reason: string;
      readonly publishMode: WriteMode;
      /** Rows of the table that are not in the load are gone at the source. */
      readonly isComplete: boolean;
    }
  | {
      readonly kind: 'incremental';
      readonly reason: string;
      readonly from: CursorPosition;
      readonly position: LoadPosition;
    }
  | { readonly kind: 'newFiles'; readonly reason: string; readonly position: LoadPosition | null }
  | { readonly kind: 'steps'; readonly reason: string; readonly position: LoadPosition };

/** How rows are read, in the words of events and plans. */
export function readMode(
  decision: Exclude<LoadDecision, { kind: 'adopt' }>,
): 'full' | 'incremental' | 'newFiles' {
  return decision.kind === 'steps' ? 'incremental' : decision.kind;
}

export interface DecideLoadOptions {
  readonly task: LoadTask;
  readonly published: PublishedTable | undefined;
  readonly identity: ServerIdentity;
  readonly runId: string;
  readonly isFullRefresh: boolean;
}

/** Throws `positionLost` where a saved position no longer fits: it stops there, it never reloads by itself. */
export function decideLoad(options: DecideLoadOptions): LoadDecision {
  const { task, published, identity } = options;
  const { load, destination } = task;
  if (published?.record?.runId === options.runId) return { kind: 'adopt', record: published.record };
  const record = published?.record ?? null;
  if (published === undefined) {
    if (load.kind === 'newFiles' && destination.mode !== 'replace')
      return { kind: 'newFiles', reason: 'first load', position: null };
    const publishMode = load.kind === 'steps' && load.isReplaced ? 'replace' : destination.mode;
    return { kind: 'full', reason: 'first load', publishMode, isComplete: false };
  }
  if (record === null) throw foreignTable(task);
  if (options.isFullRefresh) {
    // Closed versions and marks of deleted rows are nowhere else; a refresh compares with them instead of dropping them.
    const keepsHistory =
      destination.mode === 'scd2' || (destination.mode === 'merge' && destination.deletes === 'soft');
    const publishMode = keepsHistory ? destination.mode : 'replace';
    return { kind: 'full', reason: 'a full refresh was asked for', publishMode, isComplete: true };
  }
  if (load.kind === 'full' || (destination.mode === 'replace' && load.kind !== 'steps')) {
    const isComplete = destination.mode === 'merge' || destination.mode === 'scd2';
    return {
      kind: 'full',
      reason: 'the table is loaded in full each time',
      publishMode: destination.mode,
      isComplete,
    };
  }
  const position = readLoadPosition(record.position);
  if (position === undefined) throw lost(task, 'its saved position cannot be read', record);
  if (position.identity.identity !== identity.identity || position.identity.product !== identity.product) {
    const now = `${identity.product} ${identity.version} (${identity.identity})`;
    throw lost(task, `the source is another server now: ${now}`, record, position);
  }
  if (load.kind === 'newFiles') return { kind: 'newFiles', reason: 'only new files', position };
  if (load.kind === 'steps') return { kind: 'steps', reason: 'what changed in its steps', position };
  const table = formatTableName(task.source.table.table);
  if (position.table !== undefined && position.table !== table)
    throw lost(
      task,
      `its rows came from ${position.table}, and its source is ${table} now`,
      record,
      position,
    );
  if (position.cursor === null) throw lost(task, 'its last load saved no cursor value', record, position);
  if (position.cursor.column !== load.cursor) {
    throw lost(
      task,
      `the cursor is ${load.cursor} now, but ${position.cursor.column} was saved`,
      record,
      position,
    );
  }
  const from = position.cursor.mark;
  const reason = from === null ? 'the table was empty so far' : `rows from ${load.cursor} = ${from}`;
  return { kind: 'incremental', reason, from: position.cursor, position };
}

function foreignTable(task: LoadTask): PipelineError {
  const name = formatTableName(task.destination.table);
  return new PipelineError({
    code: 'positionLost',
    blame: 'destination',
    retry: 'never',
    message:
      `${name} exists in ${task.destination.connection}, but nothing says that Millrace published it. ` +
      'It is left alone. Choose another table for this pipeline, or rename or drop this one.',
  });
}

function lost(
  task: LoadTask,
  reason: string,
  record: PublicationRecord,
  position?: LoadPosition,
): PipelineError {
  const name = formatTableName(task.destination.table);
  const last =
    position === undefined ? `run ${record.runId} of ${record.publishedAt}` : formatLoadPosition(position);
  return new PipelineError({
    code: 'positionLost',
    blame: 'source',
    retry: 'never',
    message: `${name} cannot be continued: ${reason}. Last good position: ${last}. Run again with --full-refresh to read everything anew.`,
  });
}
