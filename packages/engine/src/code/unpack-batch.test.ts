import { canonicalRows } from '@millrace/connector-sdk';
import { type Field, formatLogicalType, type LogicalType } from '@millrace/spec';
import { describe, expect, it } from 'vitest';

import type { PackedColumn } from './packed-batch.ts';
import { unpackBatch } from './unpack-batch.ts';

const TEXT: LogicalType = { kind: 'string' };
const field = (type: LogicalType, nullable = true): Field => ({ name: 'c', type, nullable });
const fixed = (values: { buffer: ArrayBuffer }, valid: number[] | null = null): PackedColumn => ({
  values: values.buffer,
  valid: valid === null ? null : new Uint8Array(valid).buffer,
  heap: null,
});
const strings = (offsets: number[], heap: Uint8Array<ArrayBuffer>): PackedColumn => ({
  values: new Uint32Array(offsets).buffer,
  valid: null,
  heap: heap.buffer,
});
const utf8 = (text: string) => new TextEncoder().encode(text);

describe('unpackBatch', () => {
  it('makes vectors of offsets and bytes', () => {
    const column = {
      ...strings([0, 3, 3, 23], utf8('abcnée 你好 🚀 more')),
      valid: new Uint8Array([1, 0, 1]).buffer,
    };
    const batch = unpackBatch({ rows: 3, columns: [column] }, [field(TEXT)]);
    expect(canonicalRows(batch, [TEXT])).toEqual([['abc'], [null], ['née 你好 🚀 mor']]);
  });

  const hostile: readonly [what: string, type: LogicalType, rows: number, column: PackedColumn][] = [
    ['an end behind the heap', TEXT, 1, strings([0, 2 ** 31], utf8('abc'))],
    ['a start behind the heap', TEXT, 1, strings([2 ** 32 - 16, 2 ** 32 - 1], utf8('abc'))],
    ['a negative length', TEXT, 2, strings([0, 3, 1], utf8('abc'))],
    ['too few offsets', TEXT, 2, strings([0, 3], utf8('abc'))],
    ['no heap', TEXT, 1, fixed(new Uint32Array([0, 0]))],
    ['text that is not UTF-8', TEXT, 1, strings([0, 2], new Uint8Array([0xc0, 0x80]))],
    ['a character that two values share', TEXT, 2, strings([0, 1, 2], utf8('é'))],
    ['a boolean of 2', { kind: 'boolean' }, 1, fixed(new Uint8Array([2]))],
    ['too few bytes', { kind: 'integer', bits: 64, signed: true }, 2, fixed(new BigInt64Array(1))],
    ['too many bytes', { kind: 'uuid' }, 1, fixed(new BigInt64Array(4))],
    [
      'a decimal(3, 1) of 100.0',
      { kind: 'decimal', precision: 3, scale: 1 },
      1,
      fixed(new Int16Array([1000])),
    ],
    [
      'a decimal(18, 0) of 19 digits',
      { kind: 'decimal', precision: 18, scale: 0 },
      1,
      fixed(new BigInt64Array([10n ** 18n])),
    ],
    [
      'a decimal(38, 0) of 39 digits',
      { kind: 'decimal', precision: 38, scale: 0 },
      1,
      fixed(new BigInt64Array([0n, 2n ** 63n - 1n])),
    ],
    ['a time after midnight', { kind: 'time' }, 1, fixed(new BigInt64Array([86_400_000_001n]))],
    ['a time before midnight', { kind: 'time' }, 1, fixed(new BigInt64Array([-1n]))],
    [
      'a timestamp that does not exist',
      { kind: 'timestamp', timezone: true },
      1,
      fixed(new BigInt64Array([-(2n ** 63n)])),
    ],
    ['a date that does not exist', { kind: 'date' }, 1, fixed(new Int32Array([-(2 ** 31)]))],
    ['too few bytes for NULL', { kind: 'date' }, 2, fixed(new Int32Array([1, 2]), [1])],
    ['a negative number of rows', { kind: 'date' }, -1, fixed(new Int32Array([]))],
    ['half a row', { kind: 'date' }, 0.5, fixed(new Int32Array([]))],
  ];

  it.each(hostile)('refuses %s', (_, type, rows, column) => {
    expect(() => unpackBatch({ rows, columns: [column] }, [field(type)])).toThrow(RangeError);
  });

  it('refuses NULL where the schema has none, and another number of columns', () => {
    const date = field({ kind: 'date' }, false);
    const column = fixed(new Int32Array([1]), [0]);
    expect(() => unpackBatch({ rows: 1, columns: [column] }, [date])).toThrow(formatLogicalType(date.type));
    expect(() => unpackBatch({ rows: 1, columns: [] }, [date])).toThrow('shape');
  });
});
