import type { CursorCandidate, SourceField } from '@millrace/spec';

export interface CandidateColumn {
  readonly field: SourceField;
  readonly isIndexed: boolean;
  readonly isAutoIncrement: boolean;
  /** `DEFAULT … ON UPDATE CURRENT_TIMESTAMP`. */
  readonly isTouchedOnUpdate: boolean;
}

const UPDATED =
  /(^|_)(updated|modified|changed|last_?update|last_?modified|mtime)|(updated|modified|changed)(_?(at|on|time|date))?$/i;
const CREATED = /(^|_)(created|inserted|added|ctime)|(created|inserted)(_?(at|on|time|date))?$/i;

/** Columns that could drive an incremental load, best first, each with the evidence for it. */
export function cursorCandidates(columns: readonly CandidateColumn[]): CursorCandidate[] {
  const candidates = columns.flatMap((column) => {
    const judged = judge(column);
    if (judged === undefined) return [];
    const { field, isIndexed } = column;
    const score = judged.score + (isIndexed ? 20 : 0) - (field.nullable ? 10 : 0);
    const reason = [
      judged.reason,
      isIndexed ? 'indexed' : 'not indexed',
      ...(field.nullable ? ['may be NULL'] : []),
    ].join('; ');
    return [{ column: field.name, isIndexed, isNullable: field.nullable, score, reason }];
  });
  return candidates.sort((left, right) => right.score - left.score);
}

function judge({
  field,
  isAutoIncrement,
  isTouchedOnUpdate,
}: CandidateColumn): { score: number; reason: string } | undefined {
  if (field.type.kind === 'timestamp') {
    if (isTouchedOnUpdate) return { score: 70, reason: 'the server sets it on every update' };
    if (UPDATED.test(field.name)) return { score: 60, reason: 'named like a time of change' };
    if (CREATED.test(field.name))
      return { score: 25, reason: 'named like a time of creation: sees new rows, not changes' };
    return { score: 5, reason: 'a time' };
  }
  if (field.type.kind === 'integer' && isAutoIncrement) {
    return { score: 30, reason: 'auto-increment: sees new rows, not changes (append-only tables)' };
  }
  if (field.type.kind === 'integer' && /(^|_)(version|rev|revision|seq|sequence)$/i.test(field.name)) {
    return { score: 20, reason: 'named like a rising number' };
  }
  return undefined;
}
