import { describe, expect, it } from 'vitest';

import { errorPlace, withoutQuote } from './error-place.ts';

function marked(message: string, sql: string): string | undefined {
  const place = errorPlace(message, sql);
  return place && sql.slice(place.from, place.to);
}

describe('the place of an error', () => {
  it('is the word below which DuckDB points', () => {
    const sql = "SELECT 'ü', kountry\nFROM t";
    const message = `Binder Error: Referenced column "kountry" not found!\n\nLINE 1: SELECT 'ü', kountry\n                    ^`;
    expect(marked(message, sql)).toBe('kountry');
    expect(withoutQuote(message)).toBe('Binder Error: Referenced column "kountry" not found!');
  });

  it('is found in lines below the first, in quoted names and in long lines that are cut', () => {
    expect(marked('x\n\nLINE 2:   "no pe" + 1\n          ^', 'SELECT\n  "no pe" + 1')).toBe('"no pe"');
    expect(marked('x\n\nLINE 1: FROM raw."or ders"\n             ^', 'FROM raw."or ders"')).toBe(
      'raw."or ders"',
    );
    const long = `SELECT ${'a, '.repeat(60)}nope, ${'b, '.repeat(60)}c`;
    const shown = long.slice(100, 220);
    const spaces = ' '.repeat('LINE 1: ...'.length + long.indexOf('nope') - 100);
    expect(marked(`x\n\nLINE 1: ...${shown}...\n${spaces}^`, long)).toBe('nope');
  });

  it('is behind the end of a statement that ends too early', () => {
    expect(errorPlace('x\n\nLINE 1: SELECT (1\n                 ^', 'SELECT (1')).toEqual({ from: 9, to: 9 });
  });

  it('is nowhere for what does not point, or points at another text', () => {
    expect(errorPlace('There is no dataset x.', 'SELECT 1')).toBeUndefined();
    expect(errorPlace('x\n\nLINE 1: SELECT encode(c0)\n        ^', 'SELECT 1')).toBeUndefined();
    expect(errorPlace('x\n\nLINE 9: SELECT 1\n        ^', 'SELECT 1')).toBeUndefined();
  });
});
