import type { LoadTask } from '@millrace/compiler';
import { PipelineError, type CursorEvidence } from '@millrace/connector-sdk';
import { formatTableName } from '@millrace/spec';

/** Above this, an unindexed cursor makes each incremental load a full scan. */
const LARGE_TABLE_ROWS = 100_000;

/** Whether the source has to be asked: only where its declarations leave room for doubt. */
export function needsCursorEvidence(task: LoadTask, cursor: string): boolean {
  const { table } = task.source;
  const field = table.fields.find((candidate) => candidate.name === cursor);
  return field === undefined || field.nullable || !table.indexedColumns.includes(cursor);
}

/** Throws `cursorUnfit` with the evidence when a column cannot drive incremental loads. */
export function refuseUnfitCursor(task: LoadTask, cursor: string, evidence: CursorEvidence): void {
  if (evidence.nullCount > 0) {
    const sampled = `${count(evidence.nullCount)} of ${count(evidence.sampledRows)} sampled rows are NULL`;
    throw unfit(task, cursor, sampled);
  }
  if (!evidence.isIndexed && (evidence.estimatedRows ?? 0) > LARGE_TABLE_ROWS) {
    throw unfit(
      task,
      cursor,
      `it has no index, and the table has about ${count(evidence.estimatedRows ?? 0)} rows`,
    );
  }
}

/** The same refusal for NULLs that a load met itself. */
export function refuseNullCursors(task: LoadTask, cursor: string, nullCount: number, rows: number): void {
  if (nullCount > 0) throw unfit(task, cursor, `${count(nullCount)} of ${count(rows)} rows read are NULL`);
}

function unfit(task: LoadTask, cursor: string, reason: string): PipelineError {
  const better = task.source.table.cursorCandidates.find(
    (candidate) => candidate.column !== cursor && !candidate.isNullable,
  );
  const choose = better === undefined ? '.' : `, or choose ${better.column}.`;
  return new PipelineError({
    code: 'cursorUnfit',
    blame: 'config',
    retry: 'never',
    message: `${formatTableName(task.source.table.table)}.${cursor} cannot be a cursor: ${reason}. Use load.mode: full${choose}`,
  });
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
