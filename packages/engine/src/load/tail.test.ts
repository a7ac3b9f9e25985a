import type { Batch } from '@millrace/connector-sdk';
import { describe, expect, it } from 'vitest';

import { parseCursorValue } from './cursor-value.ts';
import { formatHash, isSameTail, sumHashes, TailTracker } from './tail.ts';

const integer = { kind: 'integer', bits: 64, signed: true } as const;
const text = { kind: 'string' } as const;

function batch(rows: readonly (readonly [bigint | null, string])[]): Batch {
  const numbers = new BigInt64Array(rows.length);
  const validity = new Uint8Array(8);
  const views = Buffer.alloc(rows.length * 16);
  const heap: Buffer[] = [];
  let heapBytes = 0;
  for (const [index, [number, word]] of rows.entries()) {
    if (number !== null) {
      numbers[index] = number;
      validity[index >> 3] = (validity[index >> 3] ?? 0) | (1 << (index & 7));
    }
    const bytes = Buffer.from(word);
    views.writeInt32LE(bytes.length, index * 16);
    if (bytes.length <= 12) bytes.copy(views, index * 16 + 4);
    else {
      bytes.copy(views, index * 16 + 4, 0, 4);
      views.writeUInt32LE(heapBytes, index * 16 + 12);
      heap.push(bytes);
      heapBytes += bytes.length;
    }
  }
  const ownViews = new Uint8Array(views);
  const ownHeap = new Uint8Array(Buffer.concat(heap));
  return {
    kind: 'batch',
    rows: rows.length,
    columns: [
      { values: numbers.buffer, validity: validity.buffer, heap: null, heapBytes: 0 },
      { values: ownViews.buffer, validity: null, heap: ownHeap.buffer, heapBytes },
    ],
    rejected: [],
  };
}

function track(lookback: bigint, ...batches: Batch[]): TailTracker {
  const tracker = new TailTracker({ types: [integer, text], cursor: 0, lookback });
  for (const one of batches) tracker.add(one);
  return tracker;
}

describe('TailTracker', () => {
  const rows = [
    [1n, 'one'],
    [5n, 'a longer text than twelve'],
    [3n, 'three'],
    [5n, 'five'],
  ] as const;

  it('is the same whatever the order and the batches', () => {
    const whole = track(0n, batch(rows)).finish(5n, false);
    const parts = track(0n, batch(rows.slice(2)), batch(rows.slice(0, 2))).finish(5n, false);
    expect(whole?.rows).toBe(2);
    expect(isSameTail(whole, parts)).toBe(true);
  });

  it('holds the look-back window', () => {
    expect(track(2n, batch(rows)).finish(5n, false)?.rows).toBe(3);
    expect(track(2n, batch(rows.slice(0, 1)), batch(rows.slice(1))).finish(5n, false)?.rows).toBe(3);
  });

  it('sees a changed value, a row more and a row less', () => {
    const tail = track(0n, batch(rows)).finish(5n, false);
    expect(
      isSameTail(
        tail,
        track(
          0n,
          batch([
            [5n, 'a longer text than twelvE'],
            [5n, 'five'],
          ]),
        ).finish(5n, false),
      ),
    ).toBe(false);
    expect(isSameTail(tail, track(0n, batch([[5n, 'five']])).finish(5n, false))).toBe(false);
    expect(
      isSameTail(
        tail,
        track(
          0n,
          batch([
            [5n, 'five'],
            [5n, 'five'],
          ]),
        ).finish(5n, false),
      ),
    ).toBe(false);
    expect(
      isSameTail(
        tail,
        track(
          0n,
          batch([
            [5n, 'five'],
            [5n, 'a longer text than twelve'],
          ]),
        ).finish(5n, false),
      ),
    ).toBe(true);
  });

  it('counts rows without a cursor value', () => {
    expect(
      track(
        0n,
        batch([
          [null, 'x'],
          [2n, 'y'],
        ]),
      ).nullCount,
    ).toBe(1);
  });

  it('gives up over a window that is too large', () => {
    const options = { types: [integer, text], cursor: 0, lookback: 0n, mostRows: 5 };
    const tracker = new TailTracker(options);
    const four = batch([1, 2, 3, 4].map((index) => [7n, `row ${index}`] as const));
    tracker.add(four);
    expect(tracker.finish(7n, false)?.rows).toBe(4);
    tracker.add(four);
    expect(tracker.isTooLarge).toBe(true);
    tracker.add(four);
    expect(tracker.finish(7n, false)).toBeNull();
  });

  it('lists its hashes in order, those in the position among them', () => {
    const tracker = track(0n, batch(rows));
    const tail = tracker.finish(5n, true);
    const listed = [...tracker.listHashes()];
    expect(listed.map(formatHash)).toEqual(tail?.hashes);
    expect(sumHashes(listed)).toBe(tail?.sum);
    const many = Array.from({ length: 60 }, (_, part) =>
      batch(Array.from({ length: 60 }, (__, index) => [7n, `row ${part} ${index}`] as const)),
    );
    const long = track(0n, ...many, ...many);
    expect(long.finish(7n, true)).toMatchObject({ rows: 7200, hashes: null });
    expect(long.listHashes()).toHaveLength(7200);
    expect(sumHashes(long.listHashes())).toBe(long.finish(7n, false)?.sum);
  });
});

describe('parseCursorValue', () => {
  it('reads canonical text exactly', () => {
    expect(parseCursorValue(integer, '-9223372036854775808')).toBe(-(2n ** 63n));
    expect(parseCursorValue({ kind: 'timestamp', timezone: true }, '1970-01-02 00:00:00.000001')).toBe(
      86_400_000_001n,
    );
    expect(parseCursorValue({ kind: 'timestamp', timezone: true }, '1969-12-31 23:59:59.999999')).toBe(-1n);
    expect(parseCursorValue({ kind: 'date' }, '0000-03-01')).toBe(-719_468n * 86_400_000_000n);
    expect(parseCursorValue({ kind: 'decimal', precision: 9, scale: 3 }, '-1.5')).toBe(-1500n);
    expect(parseCursorValue({ kind: 'date' }, 'yesterday')).toBeUndefined();
  });
});
