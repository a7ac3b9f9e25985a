import type { ColumnSample, TableSample } from '@millrace/compiler';
import type { DocumentValue } from '@millrace/spec';

import {
  columnsOf,
  describeSample,
  type ColumnEvidence,
  type TableEvidence,
} from '../evidence/table-evidence.ts';
import type { KeyFinding } from '../keys/find-key.ts';
import type { MeaningFinding } from '../meaning/find-meaning.ts';

/** A check as the document writes it, and why it is proposed. */
export interface CheckProposal {
  readonly name: 'rowCount' | 'unique' | 'accepted' | 'range' | 'notNull' | 'relationship';
  /** The columns that it looks at. */
  readonly columns: readonly string[];
  readonly settings: DocumentValue;
  readonly reason: string;
}

/** A sample of fewer rows has not seen enough for a rule. */
const MIN_ROWS = 200;
const MAX_ACCEPTED = 20;
/** A value that was seen so seldom says that there are others. */
const MIN_SEEN = 3;

/**
 * Checks that every row seen so far passes. What is known for certain stops a run; what only a sample says warns, until
 * someone has read it.
 */
export function proposeChecks(
  evidence: TableEvidence,
  key: KeyFinding | null,
  meanings: ReadonlyMap<string, MeaningFinding>,
  references: ReadonlySet<string>,
): readonly CheckProposal[] {
  const { sample } = evidence;
  const checks: CheckProposal[] = [];
  if (sample !== null && sample.rows > 0)
    checks.push({
      name: 'rowCount',
      columns: [],
      settings: { min: 1 },
      reason: 'the table has rows; nothing at all would be an accident',
    });
  // What the source enforces needs no check.
  if (key !== null && key.certainty !== 'declared')
    checks.push({
      name: 'unique',
      columns: key.columns,
      settings: { columns: key.columns, onFailure: 'warn' },
      reason: key.evidence,
    });
  if (sample === null) return checks;
  for (const column of columnsOf(evidence)) {
    const { name } = column.field;
    if (key?.columns.includes(name) === true || references.has(name)) continue;
    const meaning = meanings.get(name);
    checks.push(...acceptedValues(column, sample, meaning), ...positiveNumbers(column, sample, meaning));
  }
  const unset = filledColumns(evidence, sample, key);
  if (unset.length > 0)
    checks.push({
      name: 'notNull',
      columns: unset,
      settings: { columns: unset, onFailure: 'warn' },
      reason: `may be NULL at the source, but has a value in ${describeSample(sample)}`,
    });
  return checks;
}

function acceptedValues(
  { field, sample: column }: ColumnEvidence,
  sample: TableSample,
  meaning: MeaningFinding | undefined,
): readonly CheckProposal[] {
  if (column === null || field.type.kind !== 'string' || column.nonNull < MIN_ROWS) return [];
  // Personal values belong into no document, and there is always one more town.
  if (meaning !== undefined) return [];
  if (column.distinct < 2 || column.distinct > MAX_ACCEPTED || !isClosed(column)) return [];
  const values = column.top.map(({ value }) => value).sort();
  return [
    {
      name: 'accepted',
      columns: [field.name],
      settings: { column: field.name, values, onFailure: 'warn' },
      reason: `${column.distinct} values, each seen at least ${MIN_SEEN} times in ${describeSample(sample)}`,
    },
  ];
}

/** No value is rare, so that a value never seen is unlikely; none was cut. */
function isClosed(column: ColumnSample): boolean {
  return column.top.every(({ value, count }) => count >= MIN_SEEN && value.length <= 40);
}

function positiveNumbers(
  { field, sample: column }: ColumnEvidence,
  sample: TableSample,
  meaning: MeaningFinding | undefined,
): readonly CheckProposal[] {
  if (column?.min == null || column.nonNull < MIN_ROWS) return [];
  if (meaning?.name !== 'amount' && meaning?.name !== 'quantity') return [];
  if (field.type.kind === 'integer' && !field.type.signed) return [];
  if (!(Number(column.min) >= 0)) return [];
  return [
    {
      name: 'range',
      columns: [field.name],
      settings: { column: field.name, min: 0, onFailure: 'warn' },
      reason: `${meaning.words}, from ${column.min} to ${column.max} in ${describeSample(sample)}`,
    },
  ];
}

function filledColumns(
  evidence: TableEvidence,
  sample: TableSample,
  key: KeyFinding | null,
): readonly string[] {
  if (sample.rows < MIN_ROWS) return [];
  return columnsOf(evidence)
    .filter(
      ({ field, sample: column }) =>
        field.nullable && column?.nonNull === sample.rows && key?.columns.includes(field.name) !== true,
    )
    .map(({ field }) => field.name);
}
