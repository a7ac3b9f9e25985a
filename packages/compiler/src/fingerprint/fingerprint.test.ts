import { createHash } from 'node:crypto';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { field, ORDERS, table } from '../cases/fixture.ts';
import { canonicalJson, fingerprint, fingerprintTable } from './fingerprint.ts';
import { portableSha256Hex } from './portable-sha256.ts';
import { sha256Hex } from './sha256.ts';

describe.each([
  ['sha256Hex', sha256Hex],
  ['portableSha256Hex', portableSha256Hex],
])('%s', (_name, digest) => {
  it('is SHA-256 for every length around the blocks', () => {
    for (let length = 0; length < 300; length += 1) {
      const text = 'x'.repeat(length);
      expect(digest(text)).toBe(createHash('sha256').update(text).digest('hex'));
    }
  });

  it('is SHA-256 for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (text) => {
        expect(digest(text)).toBe(createHash('sha256').update(text).digest('hex'));
      }),
    );
  });
});

describe('canonicalJson', () => {
  it('does not depend on the order of keys, and tells different data apart', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (data) => {
        const text = canonicalJson(data);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(data)));
        const reversed = JSON.parse(JSON.stringify(data), (_, value) =>
          typeof value === 'object' && value !== null && !Array.isArray(value)
            ? Object.fromEntries(Object.entries(value).toReversed())
            : value,
        );
        expect(canonicalJson(reversed)).toBe(text);
      }),
    );
    expect(fingerprint({ a: undefined, b: 1 })).toBe(fingerprint({ b: 1 }));
  });
});

describe('fingerprintTable', () => {
  it('follows names, types, declarations, order and key, not statistics', () => {
    const same = { ...ORDERS, estimatedRows: 5, notes: ['x'], cursorCandidates: [], indexedColumns: [] };
    expect(fingerprintTable(same)).toBe(fingerprintTable(ORDERS));
    const [first, second] = [field('a', { kind: 'string' }), field('b', { kind: 'string' })];
    const tables = [
      table('t', [first, second]),
      table('t', [second, first]),
      table('t', [first]),
      table('t', [first, { ...second, nullable: true }]),
      table('t', [first, { ...second, nativeType: 'varchar(5)' }]),
      table('t', [first, { ...second, detail: { charset: 'latin1' } }]),
      table('t', [first, { ...second, type: { kind: 'json' } }]),
      table('t', [first, second], { key: ['a'] }),
    ];
    expect(new Set(tables.map(fingerprintTable)).size).toBe(tables.length);
  });
});
