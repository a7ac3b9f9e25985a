import type { CursorCandidate, SourceField } from '@millrace/spec';

const CHANGE_NAME = /updat|modif|chang|version|last_?seen/i;
const CREATION_NAME = /creat|insert|added|occur|event/i;

/** Columns that could drive an incremental load, best first. */
export function rankCursors(
  fields: readonly SourceField[],
  indexedColumns: readonly string[],
  key: readonly string[],
): readonly CursorCandidate[] {
  return fields
    .flatMap((field): readonly CursorCandidate[] => {
      const isIndexed = indexedColumns.includes(field.name);
      const rank = rankField(field, key);
      if (rank === undefined) return [];
      const score = rank.score + (isIndexed ? 20 : 0) - (field.nullable ? 10 : 0);
      return [{ column: field.name, isIndexed, isNullable: field.nullable, score, reason: rank.reason }];
    })
    .toSorted((left, right) => right.score - left.score);
}

function rankField(
  field: SourceField,
  key: readonly string[],
): { readonly score: number; readonly reason: string } | undefined {
  if (field.type.kind === 'timestamp' || field.type.kind === 'date') {
    if (CHANGE_NAME.test(field.name))
      return { score: 100, reason: 'its name says that it changes with the row' };
    if (CREATION_NAME.test(field.name))
      return { score: 50, reason: 'its name says when the row was made: updates are not seen' };
    return { score: 30, reason: 'a time, of unknown meaning' };
  }
  if (field.type.kind !== 'integer' || !field.type.signed) return undefined;
  if (CHANGE_NAME.test(field.name))
    return { score: 70, reason: 'its name says that it changes with the row' };
  if (key.length === 1 && key[0] === field.name)
    return { score: 40, reason: 'a growing key: updates are not seen' };
  return undefined;
}
