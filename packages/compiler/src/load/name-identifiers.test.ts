import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { nameIdentifiers } from './name-identifiers.ts';

const names = fc.uniqueArray(
  fc.oneof(
    fc.constantFrom(
      'a',
      'A',
      'ab',
      'aB',
      'AB',
      'ünï',
      'ÜNÏ',
      '😀'.repeat(30),
      `${'x'.repeat(70)}1`,
      `${'x'.repeat(70)}2`,
    ),
    fc.string({ minLength: 1 }),
  ),
  { minLength: 1, maxLength: 12 },
);
const limits = fc.record({ maxBytes: fc.integer({ min: 20, max: 64 }), isCaseSensitive: fc.boolean() });

describe('nameIdentifiers', () => {
  it('gives every name one that fits and that nobody else has', () => {
    fc.assert(
      fc.property(names, limits, (originals, rules) => {
        const given = nameIdentifiers(originals, rules).map(({ name }) => name);
        const folded = given.map((name) => (rules.isCaseSensitive ? name : name.toLowerCase()));
        expect(new Set(folded).size).toBe(originals.length);
        for (const name of given) {
          expect(new TextEncoder().encode(name).length).toBeLessThanOrEqual(rules.maxBytes);
          expect(name.isWellFormed()).toBe(
            originals.every((original) => original.isWellFormed()) || name.isWellFormed(),
          );
        }
      }),
    );
  });

  it('keeps a name that was given when others are added behind it, unless a name in lower case claims it', () => {
    const rules = { maxBytes: 63, isCaseSensitive: false };
    expect(nameIdentifiers(['name', 'NAME'], rules)[0]?.name).toBe('name');
    expect(nameIdentifiers(['NAME', 'name'], rules)[1]?.name).toBe('name');
    expect(nameIdentifiers(['Name', 'NAME'], rules)[0]?.name).toBe('Name');
    expect(nameIdentifiers(['name'], rules, ['Name'])[0]?.name).toMatch(/^name_[0-9a-f]{8}$/);
  });

  it('leaves case twins alone where they are different names', () => {
    const given = nameIdentifiers(['a', 'A'], { maxBytes: 63, isCaseSensitive: true });
    expect(given).toEqual([
      { name: 'a', reason: undefined },
      { name: 'A', reason: undefined },
    ]);
  });
});
