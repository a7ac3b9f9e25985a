import { BatchBuilder, type Batch } from '@millrace/connector-sdk';
import type { SourceField } from '@millrace/spec';
import { describe, expect, it } from 'vitest';

import { fromCanonicalText } from './detect-deletes.ts';
import { KnownRows, describeColumns } from './known-rows.ts';
import type { CursorPosition } from './load-position.ts';
import { TailTracker } from './tail.ts';

const fields: readonly SourceField[] = [
  { name: 'at', type: { kind: 'integer', bits: 64, signed: true }, nullable: false, nativeType: 'bigint' },
  { name: 'note', type: { kind: 'string' }, nullable: true, nativeType: 'text' },
];
const flag: SourceField = { name: 'flag', type: { kind: 'boolean' }, nullable: true, nativeType: 'boolean' };

function batch(rows: readonly (readonly (string | null)[])[], of = fields): Batch {
  const builder = new BatchBuilder(of);
  for (const row of rows) {
    for (const [index, cell] of row.entries()) {
      if (cell === null) builder.columns[index]?.setNull(builder.row);
      else builder.columns[index]?.setString(builder.row, cell);
    }
    builder.endRow(() => []);
  }
  return builder.take();
}

/** The position and the hashes that a load of these rows left. */
function after(rows: readonly (readonly (string | null)[])[]): [CursorPosition, BigUint64Array] {
  const tracker = new TailTracker({ types: fields.map((field) => field.type), cursor: 0, lookback: 1n });
  tracker.add(batch(rows));
  const tail = tracker.finish(9n, true);
  const columns = describeColumns(fields);
  return [{ column: 'at', mark: '9', lookback: '1', columns, tail }, tracker.listHashes()];
}

describe('KnownRows', () => {
  it('drops what was appended before, as often as it was', () => {
    const known = new KnownRows(
      't',
      fields,
      ...after([
        ['9', 'a'],
        ['8', null],
        ['9', 'a'],
      ]),
    );
    const kept = known.filter(
      batch([
        ['9', 'a'],
        ['9', 'a'],
        ['9', 'a'],
        ['8', null],
        ['8', 'a note that does not fit into a view'],
        ['10', 'a'],
      ]),
    );
    expect(kept.rows).toBe(3);
    expect(known.dropped).toBe(3);
    expect([...new BigInt64Array(kept.columns[0]?.values ?? new ArrayBuffer(0)).subarray(0, 3)]).toEqual([
      9n,
      8n,
      10n,
    ]);
  });

  it('knows rows again after a column was added', () => {
    const wider = [...fields, flag];
    const known = new KnownRows('t', wider, ...after([['9', 'a']]));
    expect(
      known.filter(
        batch(
          [
            ['9', 'a', '1'],
            ['9', 'b', null],
          ],
          wider,
        ),
      ).rows,
    ).toBe(1);
  });

  it('stops where it cannot tell rows apart', () => {
    expect(() => new KnownRows('t', fields.slice(0, 1), ...after([['9', 'a']]))).toThrow(
      /lost or changed a column/,
    );
  });
});

describe('fromCanonicalText', () => {
  it('gives back what a column writer reads', () => {
    expect(fromCanonicalText({ kind: 'bytes' }, '00ff')).toBe('\\x00ff');
    expect(fromCanonicalText({ kind: 'date' }, '-0043-03-15')).toBe('0044-03-15 BC');
    expect(fromCanonicalText({ kind: 'timestamp', timezone: true }, '2024-01-01 00:00:00.000000')).toBe(
      '2024-01-01 00:00:00.000000+00',
    );
    expect(fromCanonicalText({ kind: 'timestamp', timezone: true }, 'infinity')).toBe('infinity');
    for (const value of [1, -0.1, 5e-324, Number.MAX_VALUE, 1 / 3, 2.2250738585072014e-308]) {
      expect(Number(fromCanonicalText({ kind: 'float', bits: 64 }, canonicalFloat(value)))).toBe(value);
    }
  });
});

/** The canonical text of a double, from its bits. */
function canonicalFloat(value: number): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, Math.abs(value));
  const bits = view.getBigUint64(0);
  let mantissa = bits & 0xfffffffffffffn;
  let exponent = Number(bits >> 52n) - 1023;
  if (exponent > -1023) mantissa |= 1n << 52n;
  else for (exponent = -1022; mantissa < 1n << 52n; exponent--) mantissa <<= 1n;
  return `${value < 0 ? '-' : ''}${mantissa}e${exponent}`;
}
