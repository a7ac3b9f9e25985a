import { Buffer } from 'node:buffer';

import type { LogicalType } from '@millrace/spec';

import type { Batch, Vector } from './batch.ts';
import { canonicalColumn } from './canonical-text.ts';

/** The rows of a batch as canonical text, null for NULL: for tests, messages and conversions that are not hot. */
export function canonicalRows(
  batch: Batch,
  types: readonly LogicalType[],
): readonly (readonly (string | null)[])[] {
  const columns = types.map((type, index) => canonicalColumn(type, batch.columns[index] as Vector));
  const row = (index: number): readonly (string | null)[] =>
    columns.map((column) => {
      if (column.isNull(index)) return null;
      const text = Buffer.allocUnsafe(column.size(index));
      return text.toString('utf8', 0, column.write(index, text, 0));
    });
  return Array.from({ length: batch.rows }, (_, index) => row(index));
}
