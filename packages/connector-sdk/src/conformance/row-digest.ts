import { createHash } from 'node:crypto';

import type { BucketDigest, RowDigest } from '../digest.ts';
import type { TextRow } from './harness.ts';

/** What `Digestible` must answer, computed from canonical text by the words of its contract. */
export function digestOf(
  rows: readonly TextRow[],
  keyIndexes: readonly number[],
  buckets: number,
): readonly BucketDigest[] {
  const sums = new Map<number, { rows: bigint; sum: bigint }>();
  for (const { bucket, hash } of rows.map((row) => hashRow(row, keyIndexes, buckets))) {
    const before = sums.get(bucket) ?? { rows: 0n, sum: 0n };
    sums.set(bucket, { rows: before.rows + 1n, sum: BigInt.asUintN(64, before.sum + hash) });
  }
  return [...sums].map(([bucket, total]) => ({ bucket, ...total })).toSorted((a, b) => a.bucket - b.bucket);
}

export function hashRow(
  row: TextRow,
  keyIndexes: readonly number[],
  buckets: number,
): RowDigest & { readonly bucket: number } {
  const hash = hashOf(row);
  const key = keyIndexes.map((index) => row[index] ?? null);
  const keyHash = key.length === 0 ? hash : hashOf(key);
  return { bucket: Number(keyHash % BigInt(buckets)), hash, key: key.map((cell) => cell ?? '') };
}

function hashOf(cells: TextRow): bigint {
  const text = cells.map((cell) => (cell === null ? '~|' : `${Buffer.byteLength(cell)}:${cell}|`)).join('');
  return BigInt(`0x${createHash('md5').update(text, 'utf8').digest('hex').slice(0, 16)}`);
}
