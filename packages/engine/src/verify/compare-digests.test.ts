import type { Digestible, RowDigest } from '@millrace/connector-sdk';
import { describe, expect, it } from 'vitest';

import { chooseBuckets, compareBuckets, listDifferences, type DigestSide } from './compare-digests.ts';

function side(rows: readonly RowDigest[]): DigestSide {
  const bucketOf = (row: RowDigest, buckets: number) =>
    Number((row.key.length === 0 ? row.hash : BigInt(row.key[0] ?? '0')) % BigInt(buckets));
  const digestible: Digestible = {
    async digest({ buckets }) {
      const found = new Map<number, { rows: bigint; sum: bigint }>();
      for (const row of rows) {
        const bucket = bucketOf(row, buckets);
        const known = found.get(bucket) ?? { rows: 0n, sum: 0n };
        found.set(bucket, { rows: known.rows + 1n, sum: BigInt.asUintN(64, known.sum + row.hash) });
      }
      return [...found].map(([bucket, digest]) => ({ bucket, ...digest }));
    },
    async *digestRows({ buckets }, inBuckets) {
      yield* rows.filter((row) => inBuckets.includes(bucketOf(row, buckets)));
    },
  };
  return { digestible, request: { table: { name: 't' }, fields: [], key: ['id'] } };
}

const row = (key: number, hash: number): RowDigest => ({ key: [String(key)], hash: BigInt(hash) });
const signal = new AbortController().signal;

async function differences(left: DigestSide, right: DigestSide): Promise<readonly string[]> {
  const comparison = await compareBuckets(left, right, 4, signal);
  const found = await Array.fromAsync(listDifferences(left, right, comparison, signal));
  return found.map(({ kind, key }) => `${kind} ${key.join()}`).sort();
}

describe('comparing digests', () => {
  it('finds nothing between equal tables, in any order', async () => {
    expect(await differences(side([row(1, 5), row(2, 6)]), side([row(2, 6), row(1, 5)]))).toEqual([]);
  });

  it('tells missing, extra and changed rows apart', async () => {
    const left = side([row(1, 5), row(2, 6), row(3, 7), row(4, 8)]);
    const right = side([row(1, 5), row(2, 60), row(4, 8), row(9, 9)]);
    expect(await differences(left, right)).toEqual(['differing 2', 'onlyLeft 3', 'onlyRight 9']);
  });

  it('takes a row that moved beyond the bound of the left side for no difference', async () => {
    const left = side([row(1, 5)]);
    const right = side([row(1, 5), row(2, 6), row(3, 7), row(3, 7)]);
    const unbounded = side([row(1, 0), row(3, 0), row(4, 0)]);
    const comparison = await compareBuckets(left, right, 1, signal);
    const found = await Array.fromAsync(listDifferences(left, right, comparison, signal, unbounded));
    expect(found.map(({ kind, key }) => `${kind} ${key.join()}`)).toEqual([
      'beyondBound 3',
      'onlyRight 2',
      'onlyRight 3',
    ]);
  });

  it('counts a key that is there twice', async () => {
    expect(await differences(side([row(1, 5)]), side([row(1, 5), row(1, 5)]))).toEqual(['onlyRight 1']);
  });

  it('compares rows without a key as a multiset', async () => {
    const bare = (hash: number): RowDigest => ({ key: [], hash: BigInt(hash) });
    expect(await differences(side([bare(1), bare(1), bare(2)]), side([bare(1), bare(2), bare(3)]))).toEqual([
      'onlyLeft ',
      'onlyRight ',
    ]);
  });

  it('chooses powers of two', () => {
    expect([0, 32, 33, 1e6, 1e12, null].map(chooseBuckets)).toEqual([1, 1, 2, 32_768, 65_536, 4096]);
  });
});
