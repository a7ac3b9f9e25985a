import type { LogicalType } from '@millrace/spec';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { BatchBuilder } from './batch-builder.ts';
import type { Batch } from './batch.ts';

const noCells = () => [];

function write(
  type: LogicalType,
  cells: readonly (string | Uint8Array | null)[],
  encoding?: 'raw' | 'hex',
): Batch {
  const builder = new BatchBuilder([{ name: 'c', type, ...(encoding ? { encoding } : {}) }]);
  const column = builder.columns[0];
  if (column === undefined) throw new Error('no column');
  for (const cell of cells) {
    if (cell === null) {
      column.setNull(builder.row);
      builder.endRow(() => [null]);
    } else {
      const bytes =
        typeof cell === 'string'
          ? Buffer.from(`<${cell}>`)
          : Buffer.concat([Buffer.from('<'), cell, Buffer.from('>')]);
      column.setText(builder.row, bytes, 1, bytes.length - 1);
      builder.endRow(() => [bytes.subarray(1, bytes.length - 1)]);
    }
  }
  return builder.take();
}

function int64s(batch: Batch): bigint[] {
  return [...new BigInt64Array(batch.columns[0]?.values as ArrayBuffer).subarray(0, batch.rows)];
}

function texts(batch: Batch): string[] {
  const vector = batch.columns[0];
  if (vector === undefined || vector.heap === null) throw new Error('not a view column');
  const view = new DataView(vector.values);
  return Array.from({ length: batch.rows }, (_, row) => {
    const length = view.getInt32(row * 16, true);
    const source = length <= 12 ? vector.values : (vector.heap as ArrayBuffer);
    const at = length <= 12 ? row * 16 + 4 : view.getUint32(row * 16 + 12, true);
    return Buffer.from(source, at, length).toString('utf8');
  });
}

const INT64: LogicalType = { kind: 'integer', bits: 64, signed: true };

describe('BatchBuilder', () => {
  it('keeps every int64', () => {
    fc.assert(
      fc.property(
        fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), { maxLength: 50 }),
        (values) => {
          expect(int64s(write(INT64, values.map(String)))).toEqual(values);
        },
      ),
    );
  });

  it('refuses integers that do not fit, and keeps the rows around them', () => {
    const batch = write(INT64, ['1', '9223372036854775808', '', '1.0', '2']);
    expect(int64s(batch)).toEqual([1n, 2n]);
    expect(batch.rejected.map((row) => row.reason)).toEqual([
      '9223372036854775808 is not an int64',
      '"" is not an int64',
      '"1.0" is not an int64',
    ]);
    expect(Buffer.from(batch.rejected[0]?.cells[0] as Uint8Array).toString()).toBe('9223372036854775808');
  });

  it('keeps every decimal of every precision and scale exactly', () => {
    const decimal = fc
      .tuple(fc.integer({ min: 1, max: 38 }), fc.integer({ min: 0, max: 38 }))
      .map(([precision, scale]) => ({ precision, scale: Math.min(precision, scale) }))
      .chain(({ precision, scale }) =>
        fc.record({
          precision: fc.constant(precision),
          scale: fc.constant(scale),
          value: fc.bigInt({ min: -(10n ** BigInt(precision)) + 1n, max: 10n ** BigInt(precision) - 1n }),
        }),
      );
    fc.assert(
      fc.property(decimal, ({ precision, scale, value }) => {
        const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, '0');
        const whole = digits.slice(0, digits.length - scale);
        const text = (value < 0n ? '-' : '') + whole + (scale > 0 ? `.${digits.slice(-scale)}` : '');
        const batch = write({ kind: 'decimal', precision, scale }, [text]);
        expect(batch.rejected).toEqual([]);
        expect(readDecimal(batch, precision)).toBe(value);
      }),
    );
  });

  it('rounds no decimal', () => {
    const batch = write({ kind: 'decimal', precision: 5, scale: 2 }, [
      '1.005',
      '1.0000',
      '1000',
      '-0.00',
      '999.99',
      '1e2',
      '.',
      '5.',
    ]);
    expect(batch.rejected.map((row) => row.reason)).toEqual([
      '"1.005" is not a decimal(5, 2)',
      '"1000" is not a decimal(5, 2)',
      '"1e2" is not a decimal(5, 2)',
      '"." is not a decimal(5, 2)',
    ]);
    expect([...new Int32Array(batch.columns[0]?.values as ArrayBuffer).subarray(0, 4)]).toEqual([
      100, 0, 99999, 500,
    ]);
  });

  it('counts days as the calendar does', () => {
    const days = fc.integer({ min: -719162, max: 2932896 });
    fc.assert(
      fc.property(days, (day) => {
        const text = new Date(day * 86_400_000).toISOString().slice(0, 10);
        const batch = write({ kind: 'date' }, [text]);
        expect(new Int32Array(batch.columns[0]?.values as ArrayBuffer)[0]).toBe(day);
      }),
    );
  });

  it('refuses days that do not exist', () => {
    const batch = write({ kind: 'date' }, [
      '0000-00-00',
      '2000-00-01',
      '2000-01-00',
      '2023-02-29',
      '1900-02-29',
      '2000-02-29',
      'infinity',
    ]);
    expect(batch.rejected).toHaveLength(5);
    expect([...new Int32Array(batch.columns[0]?.values as ArrayBuffer).subarray(0, 2)]).toEqual([
      11016, 2147483647,
    ]);
  });

  it('keeps microseconds, eras and infinities of timestamps', () => {
    const batch = write({ kind: 'timestamp', timezone: true }, [
      '2038-01-19 03:14:07.999999',
      '2038-01-19 03:14:07.999999+00',
      '2038-01-19 05:14:07.5+02',
      '0044-03-15 00:00:00+00 BC',
      '275000-12-31 23:59:59.999999+00',
      'infinity',
      '-infinity',
      '1969-12-31 23:59:59.999999',
    ]);
    expect(batch.rejected).toEqual([]);
    expect(int64s(batch)).toEqual([
      2147483647999999n,
      2147483647999999n,
      2147483647500000n,
      BigInt(new Date(0).setUTCFullYear(-43, 2, 15)) * 1000n,
      BigInt(new Date(0).setUTCFullYear(275000, 11, 31)) * 1000n + 86_399_999_999n,
      9223372036854775807n,
      -9223372036854775807n,
      -1n,
    ]);
  });

  it('refuses a zone where there is none, and seconds beyond the minute', () => {
    const batch = write({ kind: 'timestamp', timezone: false }, [
      '2020-01-01 00:00:00+00',
      '2020-01-01 00:00:60',
      '2020-01-01 00:00:00.1234567',
    ]);
    expect(batch.rejected).toHaveLength(3);
  });

  it('keeps any text', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 100 }), { maxLength: 60 }), (values) => {
        expect(texts(write({ kind: 'string' }, values))).toEqual(values);
      }),
    );
  });

  it('refuses invalid UTF-8, short or long, even when the neighbour would complete it', () => {
    const batch = write({ kind: 'string' }, [
      Uint8Array.of(0xc3),
      Uint8Array.of(0xa9),
      new Uint8Array(100).fill(0xff),
      'é',
    ]);
    expect(batch.rejected).toHaveLength(3);
    expect(texts(batch)).toEqual(['é']);
  });

  it('gives NULL its bit and a row rejected after a NULL its value back', () => {
    const batch = write(INT64, [null, '5', null]);
    expect((new Uint8Array(batch.columns[0]?.validity as ArrayBuffer)[0] as number) & 7).toBe(0b010);
    const builder = new BatchBuilder([
      { name: 'a', type: INT64 },
      { name: 'b', type: INT64 },
    ]);
    const [a, b] = builder.columns;
    a?.setNull(0);
    b?.setString(0, 'x');
    builder.endRow(noCells);
    a?.setString(0, '7');
    b?.setString(0, '8');
    builder.endRow(noCells);
    const taken = builder.take();
    expect(taken.rows).toBe(1);
    expect((new Uint8Array(taken.columns[0]?.validity as ArrayBuffer)[0] as number) & 1).toBe(1);
  });

  it('is full by rows, and by bytes of text', () => {
    const builder = new BatchBuilder([{ name: 'a', type: { kind: 'bytes' } }], { maxHeapBytes: 1000 });
    const [column] = builder.columns;
    column?.setText(0, new Uint8Array(999), 0, 999);
    builder.endRow(noCells);
    expect(builder.isFull).toBe(false);
    column?.setText(1, new Uint8Array(13), 0, 13);
    builder.endRow(noCells);
    expect(builder.isFull).toBe(true);
    expect(builder.take().rows).toBe(2);
    expect(builder.isEmpty).toBe(true);
  });

  it('reads floats to the bit and refuses what would overflow', () => {
    fc.assert(
      fc.property(fc.double(), (value) => {
        const text = Object.is(value, -0) ? '-0' : String(value);
        const stored = new Float64Array(
          write({ kind: 'float', bits: 64 }, [text]).columns[0]?.values as ArrayBuffer,
        )[0];
        expect(Object.is(stored, value)).toBe(true);
      }),
    );
    expect(
      write({ kind: 'float', bits: 32 }, ['1e39', '1e-60', '3.4028235e38', '0x10', '']).rejected,
    ).toHaveLength(4);
  });

  it('keeps uuids and bytes', () => {
    const uuid = write({ kind: 'uuid' }, ['00112233-4455-6677-8899-aabbccddeeff']);
    expect(Buffer.from(uuid.columns[0]?.values as ArrayBuffer, 0, 16).toString('hex')).toBe(
      'ffeeddccbbaa99887766554433221180',
    );
    expect(write({ kind: 'bytes' }, ['\\x00ff', '\\x0', 'zz'], 'hex').rejected).toHaveLength(2);
  });
});

function readDecimal(batch: Batch, precision: number): bigint {
  const values = batch.columns[0]?.values as ArrayBuffer;
  if (precision <= 4) return BigInt(new Int16Array(values)[0] as number);
  if (precision <= 9) return BigInt(new Int32Array(values)[0] as number);
  const words = new BigInt64Array(values);
  if (precision <= 18) return words[0] as bigint;
  return ((words[1] as bigint) << 64n) | BigInt.asUintN(64, words[0] as bigint);
}
