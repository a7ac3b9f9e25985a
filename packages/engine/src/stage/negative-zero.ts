import type { Batch } from '@millrace/connector-sdk';
import type { LogicalType } from '@millrace/spec';

/**
 * True when a float column of the batch holds -0.0. Parquet's dictionary takes -0.0 and 0.0 for the same value and keeps
 * one of them, so such files are written without one.
 */
export function hasNegativeZero(batch: Batch, types: readonly LogicalType[]): boolean {
  return types.some((type, column) => {
    if (type.kind !== 'float') return false;
    const values = batch.columns[column]?.values;
    if (values === undefined) return false;
    const words = new Int32Array(values, 0, (batch.rows * type.bits) / 32);
    return type.bits === 32 ? words.includes(MINUS_ZERO) : hasMinusZeroPair(words);
  });
}

const MINUS_ZERO = -(2 ** 31);

function hasMinusZeroPair(words: Int32Array): boolean {
  for (let at = words.indexOf(MINUS_ZERO); at >= 0; at = words.indexOf(MINUS_ZERO, at + 1)) {
    if ((at & 1) === 1 && words[at - 1] === 0) return true;
  }
  return false;
}
