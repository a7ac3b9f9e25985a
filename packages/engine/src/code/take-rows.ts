import { isViewType, valueWidth } from '@millrace/connector-sdk';
import type { Field } from '@millrace/spec';

import type { PackedColumn } from './packed-batch.ts';

/** The values of some rows of a column; `rows` never decrease, and may stand several times. */
export function takeRows(column: PackedColumn, { type }: Field, rows: Int32Array): PackedColumn {
  const first = rows[0] ?? 0;
  const isRun = rows.length > 0 && (rows.at(-1) as number) - first === rows.length - 1 && isRising(rows);
  const valid = column.valid === null ? null : takeFixed(column.valid, 1, rows, isRun);
  if (!isViewType(type)) {
    return { values: takeFixed(column.values, valueWidth(type), rows, isRun), valid, heap: null };
  }
  if (isRun) {
    return {
      values: column.values.slice(first * 4, (first + rows.length + 1) * 4),
      valid,
      heap: column.heap,
    };
  }
  return { ...takeTexts(column, rows), valid };
}

function isRising(rows: Int32Array): boolean {
  for (let at = 1; at < rows.length; at += 1)
    if ((rows[at] as number) <= (rows[at - 1] as number)) return false;
  return true;
}

function takeFixed(values: ArrayBuffer, width: number, rows: Int32Array, isRun: boolean): ArrayBuffer {
  const first = rows[0] ?? 0;
  if (isRun) return values.slice(first * width, (first + rows.length) * width);
  const source = new Uint8Array(values);
  const taken = new Uint8Array(rows.length * width);
  for (let at = 0; at < rows.length; at += 1) {
    const from = (rows[at] as number) * width;
    for (let byte = 0; byte < width; byte += 1) taken[at * width + byte] = source[from + byte] as number;
  }
  return taken.buffer;
}

function takeTexts(column: PackedColumn, rows: Int32Array): Pick<PackedColumn, 'values' | 'heap'> {
  const offsets = new Uint32Array(column.values);
  const source = new Uint8Array(column.heap ?? new ArrayBuffer(0));
  const taken = new Uint32Array(rows.length + 1);
  for (let at = 0; at < rows.length; at += 1) {
    const row = rows[at] as number;
    taken[at + 1] = (taken[at] as number) + (offsets[row + 1] as number) - (offsets[row] as number);
  }
  const heap = new Uint8Array(taken.at(-1) ?? 0);
  for (let at = 0; at < rows.length; at += 1) {
    const row = rows[at] as number;
    heap.set(source.subarray(offsets[row], offsets[row + 1]), taken[at]);
  }
  return { values: taken.buffer, heap: heap.buffer };
}
