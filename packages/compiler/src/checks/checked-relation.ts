import type { Field } from '@millrace/spec';

/** Rows that a check reads, under the name by which SQL reads them. */
export interface CheckedRelation {
  readonly ref: string;
  readonly fields: readonly Field[];
  /** Columns that together identify a row, when that is known; else empty. */
  readonly key: readonly string[];
}
