import {
  throwIfCancelled,
  type BucketDigest,
  type DigestRequest,
  type Digestible,
} from '@millrace/connector-sdk';

/** Rows whose keys are held in memory at once while differing buckets are looked into. */
const ROWS_AT_ONCE = 1_000_000n;
/** Few, so that changes scattered over a table make few rows be listed; a bucket costs a line of the answer. */
const ROWS_PER_BUCKET = 32;
const MOST_BUCKETS = 65_536;

/** One side of a comparison: who computes, and how the table is called there. */
export interface DigestSide {
  readonly digestible: Digestible;
  readonly request: Omit<DigestRequest, 'buckets'>;
}

export interface BucketDifference {
  readonly bucket: number;
  readonly leftRows: bigint;
  readonly rightRows: bigint;
}

export interface BucketComparison {
  readonly buckets: number;
  readonly leftRows: bigint;
  readonly rightRows: bigint;
  readonly differing: readonly BucketDifference[];
}

/**
 * A row that is not the same on both sides. `beyondBound`: the left side has it too, beyond the bound of its request.
 * `key` is canonical text; empty for rows without a key.
 */
export interface RowDifference {
  readonly kind: 'onlyLeft' | 'onlyRight' | 'differing' | 'beyondBound';
  readonly key: readonly string[];
}

/** A power of two so that a bucket holds some dozen rows, within bounds. */
export function chooseBuckets(estimatedRows: number | null): number {
  const wanted = Math.max(1, (estimatedRows ?? 100_000) / ROWS_PER_BUCKET);
  return Math.min(MOST_BUCKETS, 2 ** Math.ceil(Math.log2(wanted)));
}

/** Compares counts and order-free sums per bucket; both sides compute at the same time, one scan each. */
export async function compareBuckets(
  left: DigestSide,
  right: DigestSide,
  buckets: number,
  signal: AbortSignal,
): Promise<BucketComparison> {
  const [leftDigests, rightDigests] = await Promise.all(
    [left, right].map((side) => side.digestible.digest({ ...side.request, buckets }, signal)),
  );
  const differing = compareBucketLists(leftDigests ?? [], rightDigests ?? []);
  return { buckets, leftRows: sumRows(leftDigests ?? []), rightRows: sumRows(rightDigests ?? []), differing };
}

export function compareBucketLists(
  left: readonly BucketDigest[],
  right: readonly BucketDigest[],
): readonly BucketDifference[] {
  const onRight = new Map(right.map((digest) => [digest.bucket, digest]));
  const differing: BucketDifference[] = [];
  for (const digest of left) {
    const other = onRight.get(digest.bucket);
    onRight.delete(digest.bucket);
    if (other?.rows === digest.rows && other.sum === digest.sum) continue;
    differing.push({ bucket: digest.bucket, leftRows: digest.rows, rightRows: other?.rows ?? 0n });
  }
  for (const digest of onRight.values())
    differing.push({ bucket: digest.bucket, leftRows: 0n, rightRows: digest.rows });
  return differing.sort((one, other) => one.bucket - other.bucket);
}

/**
 * The rows behind differing buckets, some buckets at a time so that memory stays bounded. `unbounded` is the left side
 * without the bound of its request: rows that the right side alone seems to have are looked up there.
 */
export async function* listDifferences(
  left: DigestSide,
  right: DigestSide,
  comparison: BucketComparison,
  signal: AbortSignal,
  unbounded?: DigestSide,
): AsyncGenerator<RowDifference> {
  for (const group of groupBuckets(comparison.differing)) {
    throwIfCancelled(signal);
    const unmatched = new Map<string, { readonly key: readonly string[]; readonly hash: bigint }>();
    for await (const [id, row] of numbered(left, comparison.buckets, group, signal)) unmatched.set(id, row);
    const onlyRight = new Map<string, readonly string[]>();
    for await (const [id, row] of numbered(right, comparison.buckets, group, signal)) {
      const found = unmatched.get(id);
      if (found === undefined) onlyRight.set(id, row.key);
      else if (found.hash !== row.hash) yield { kind: 'differing', key: row.key };
      unmatched.delete(id);
    }
    for (const row of unmatched.values()) yield { kind: 'onlyLeft', key: row.key };
    if (unbounded !== undefined && onlyRight.size > 0) {
      for await (const [id, row] of numbered(unbounded, comparison.buckets, group, signal)) {
        if (onlyRight.delete(id)) yield { kind: 'beyondBound', key: row.key };
      }
    }
    for (const key of onlyRight.values()) yield { kind: 'onlyRight', key };
  }
}

/** Rows with an id that is unique on one side: the key, or the hash where there is none, and which of its kind it is. */
async function* numbered(
  side: DigestSide,
  buckets: number,
  inBuckets: readonly number[],
  signal: AbortSignal,
) {
  const seen = new Map<string, number>();
  for await (const row of side.digestible.digestRows({ ...side.request, buckets }, inBuckets, signal)) {
    const name =
      row.key.length === 0
        ? row.hash.toString(16)
        : row.key.length === 1
          ? (row.key[0] ?? '')
          : JSON.stringify(row.key);
    const count = seen.get(name) ?? 0;
    seen.set(name, count + 1);
    yield [count === 0 ? name : `${name}\u0000${count}`, row] as const;
  }
}

function* groupBuckets(differing: readonly BucketDifference[]): Generator<readonly number[]> {
  let group: number[] = [];
  let rows = 0n;
  for (const { bucket, leftRows, rightRows } of differing) {
    group.push(bucket);
    rows += leftRows + rightRows;
    if (rows < ROWS_AT_ONCE) continue;
    yield group;
    group = [];
    rows = 0n;
  }
  if (group.length > 0) yield group;
}

function sumRows(digests: readonly BucketDigest[]): bigint {
  return digests.reduce((sum, digest) => sum + digest.rows, 0n);
}
