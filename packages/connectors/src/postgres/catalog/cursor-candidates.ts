import type { CursorCandidate, SourceField } from '@millrace/spec';

const CHANGE_NAME =
  /(^|_)(updated|modified|changed|last_update|lastupdate|last_modified)(_|$)|(updated|modified|changed)at$/i;
const CREATION_NAME = /(^|_)(created|inserted|added|occurred|logged)(_|$)|createdat$/i;

/** Columns that could drive an incremental load, best first. */
export function cursorCandidates(
  fields: readonly SourceField[],
  indexedColumns: readonly string[],
): readonly CursorCandidate[] {
  return fields
    .map((field) => candidate(field, indexedColumns.includes(field.name)))
    .filter((each) => each !== undefined)
    .toSorted((left, right) => right.score - left.score);
}

function candidate(field: SourceField, isIndexed: boolean): CursorCandidate | undefined {
  const kind = field.type.kind;
  const isIdentity = field.detail?.['isIdentity'] === true;
  const points =
    kind === 'timestamp' ? 40 : kind === 'date' ? 15 : kind === 'integer' ? (isIdentity ? 30 : 10) : 0;
  if (points === 0) return undefined;
  const isTime = kind === 'timestamp' || kind === 'date';
  const tellsChange = isTime && CHANGE_NAME.test(field.name);
  const tellsCreation = isTime && CREATION_NAME.test(field.name);
  const reasons = [
    tellsChange ? 'its name says that it follows changes' : '',
    tellsCreation ? 'its name says when the row was made, so changes are not seen by it' : '',
    isIdentity ? 'it counts up with each new row; changes are not seen by it' : '',
    isIndexed ? 'indexed' : 'not indexed, so each load scans the table',
    field.nullable ? 'may be NULL, and rows with NULL are never loaded by it' : 'never NULL',
  ].filter((reason) => reason !== '');
  const score =
    points + (tellsChange ? 40 : tellsCreation ? 10 : 0) + (isIndexed ? 15 : 0) - (field.nullable ? 10 : 0);
  return { column: field.name, isIndexed, isNullable: field.nullable, score, reason: reasons.join('; ') };
}
