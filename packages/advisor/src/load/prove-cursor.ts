import type { PairSample } from '@millrace/compiler';
import type { SourceField, SourceTable } from '@millrace/spec';

import { columnsOf, describeSample, type TableEvidence } from '../evidence/table-evidence.ts';
import { nameTokens } from '../naming/name-tokens.ts';

/** A column that was proven to rise with every change, or what was missing for each candidate. */
export type CursorProof =
  | { readonly column: string; readonly evidence: readonly string[] }
  | { readonly column: null; readonly missing: readonly string[] };

const CHANGE_NAME =
  /\b(?:updated|update|modified|changed|change|last upd|last modified|mtime|row ?version)\b/;
const CREATION_NAME = /\b(?:created|create|inserted|added|ordered|placed|registered|ctime)\b/;
/** What discovery says of a column that the server itself keeps current. */
const KEPT_BY_SERVER = /server sets it on every update/;
/** Orders that agree this far rise together. */
const MIN_CORRELATION = 0.9;

/** Columns to compare row by row, so that `proveCursor` can tell; the engine does it while it samples. */
export function pairsToCompare(table: SourceTable): readonly (readonly [string, string])[] {
  const created = table.fields.filter((field) => isTime(field) && isNamed(field, CREATION_NAME));
  const [key] = table.key;
  return changeColumns(table).flatMap((field) => [
    ...created.filter((other) => other.name !== field.name).map((other) => [field.name, other.name] as const),
    ...(key === undefined || key === field.name ? [] : [[field.name, key] as const]),
  ]);
}

/**
 * A cursor must be named for change or kept by the server, NOT NULL, indexed, and seen to rise: kept by the server, never
 * before the time of creation and later in some rows, or in the order of the key. `at` is the time of the sample.
 */
export function proveCursor(evidence: TableEvidence, at: string): CursorProof {
  const candidates = changeColumns(evidence.table);
  if (candidates.length === 0)
    return { column: null, missing: ['no column says by its name that it follows changes'] };
  const missing: string[] = [];
  for (const field of candidates) {
    const proof = prove(field, evidence, at);
    if (typeof proof !== 'string') return { column: field.name, evidence: proof };
    missing.push(`${field.name} ${proof}`);
  }
  return { column: null, missing };
}

function changeColumns(table: SourceTable): readonly SourceField[] {
  return table.fields.filter(
    (field) => isOrdered(field) && (isNamed(field, CHANGE_NAME) || isKeptByServer(table, field.name)),
  );
}

/** What proves it, or what is missing, in words that follow the column's name. */
function prove(field: SourceField, evidence: TableEvidence, at: string): readonly string[] | string {
  const { table, sample } = evidence;
  if (field.nullable) return 'may be NULL, and rows with NULL would never be loaded';
  if (!table.indexedColumns.includes(field.name))
    return 'leads no index, so that each load would scan the table';
  const column = columnsOf(evidence).find((each) => each.field.name === field.name)?.sample ?? null;
  if (sample === null || column === null || sample.rows === 0)
    return 'could not be looked at: there are no rows';
  if (column.nonNull < sample.rows)
    return `is NULL in ${sample.rows - column.nonNull} of ${describeSample(sample)}`;
  if (isTime(field) && (column.max ?? '').slice(0, 10) > nextDay(at))
    return `reaches ${column.max}, which lies in the future: nothing would ever come after it`;
  const rises = risesBecause(field, evidence);
  if (rises === undefined) return 'was not seen to rise when rows change';
  return [
    'NOT NULL',
    'indexed',
    `no NULL and ${column.distinct.toLocaleString('en-US')} different values in ${describeSample(sample)}`,
    rises,
  ];
}

function risesBecause(field: SourceField, { table, sample }: TableEvidence): string | undefined {
  if (isKeptByServer(table, field.name)) return 'the server sets it on every update';
  const pairs = sample?.pairs.filter((pair) => pair.left === field.name) ?? [];
  const since = pairs.find((pair) => isCreation(table, pair) && pair.rows > 0 && pair.less === 0);
  if (since !== undefined && since.greater > 0)
    return `never before ${since.right}, and later in ${since.greater.toLocaleString('en-US')} of ${since.rows.toLocaleString('en-US')} rows`;
  const inKeyOrder = pairs.find(
    (pair) =>
      pair.rows >= 20 && (pair.rankCorrelation ?? 0) >= MIN_CORRELATION && table.key[0] === pair.right,
  );
  if (inKeyOrder !== undefined)
    return `rises with the key ${inKeyOrder.right} (rank correlation ${(inKeyOrder.rankCorrelation ?? 0).toFixed(2)})`;
  return undefined;
}

function isCreation(table: SourceTable, pair: PairSample): boolean {
  const field = table.fields.find(({ name }) => name === pair.right);
  return field !== undefined && isTime(field) && isNamed(field, CREATION_NAME);
}

function isKeptByServer(table: SourceTable, column: string): boolean {
  return table.cursorCandidates.some(
    (candidate) => candidate.column === column && KEPT_BY_SERVER.test(candidate.reason),
  );
}

function isNamed(field: SourceField, pattern: RegExp): boolean {
  return pattern.test(nameTokens(field.name).join(' '));
}

function isTime({ type }: SourceField): boolean {
  return type.kind === 'timestamp';
}

function isOrdered({ type }: SourceField): boolean {
  return type.kind === 'timestamp' || (type.kind === 'integer' && type.bits >= 32);
}

function nextDay(at: string): string {
  return new Date(Date.parse(at) + 86_400_000).toISOString().slice(0, 10);
}
