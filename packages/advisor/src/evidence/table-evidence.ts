import type { ColumnSample, TableSample } from '@millrace/compiler';
import type { SourceField, SourceTable } from '@millrace/spec';

/** All that is known of a table: what its source declares, and what some of its rows say. */
export interface TableEvidence {
  readonly table: SourceTable;
  /** Null when the rows could not be read. */
  readonly sample: TableSample | null;
}

/** A column with both. */
export interface ColumnEvidence {
  readonly field: SourceField;
  readonly sample: ColumnSample | null;
}

export function columnsOf({ table, sample }: TableEvidence): readonly ColumnEvidence[] {
  const samples = new Map(sample?.columns.map((column) => [column.name, column]));
  return table.fields.map((field) => ({ field, sample: samples.get(field.name) ?? null }));
}

/** `all 2,000 rows`, `the 10,000 rows sampled`. */
export function describeSample(sample: TableSample): string {
  const rows = sample.rows.toLocaleString('en-US');
  if (sample.isComplete) return sample.rows === 1 ? 'the only row' : `all ${rows} rows`;
  return `the ${rows} rows sampled`;
}

/** The rows of a table, as exactly as they are known. */
export function rowsOf({ table, sample }: TableEvidence): number | null {
  if (sample?.isComplete === true) return sample.rows;
  return table.estimatedRows === null ? null : Math.max(table.estimatedRows, sample?.rows ?? 0);
}
