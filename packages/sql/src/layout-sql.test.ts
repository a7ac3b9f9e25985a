import { describe, expect, it } from 'vitest';

import { layoutSql } from './layout-sql.ts';

describe('layoutSql', () => {
  it('gives each clause a line, and leaves what is in quotes and parentheses alone', () => {
    expect(
      layoutSql(
        `SELECT "a FROM b", (SELECT x FROM y WHERE z) FROM "o" LEFT JOIN "c" ON "o"."id" = "c"."id" WHERE (s = ' FROM ') GROUP BY ALL`,
      ),
    ).toBe(
      `SELECT "a FROM b", (SELECT x FROM y WHERE z)\nFROM "o"\nLEFT JOIN "c" ON "o"."id" = "c"."id"\nWHERE (s = ' FROM ')\nGROUP BY ALL`,
    );
  });

  it('keeps the words of one clause together', () => {
    expect(layoutSql('FROM a UNION ALL BY NAME FROM b')).toBe('FROM a\nUNION ALL BY NAME\nFROM b');
    expect(layoutSql('SELECT 1 FROM a ASOF LEFT JOIN b ON x')).toBe(
      'SELECT 1\nFROM a\nASOF LEFT JOIN b ON x',
    );
  });

  it('breaks long lists at their commas', () => {
    const columns = Array.from({ length: 12 }, (_, index) => `"a column ${index}"`);
    expect(layoutSql(`SELECT ${columns.join(', ')} FROM t`)).toBe(
      `SELECT\n  ${columns.join(',\n  ')}\nFROM t`,
    );
  });

  it('changes nothing in a text that somebody laid out, nor in one that it cannot read', () => {
    for (const text of ['SELECT 1 -- FROM\nFROM t', `SELECT 'open FROM t`, 'SELECT $$ FROM $$'])
      expect(layoutSql(text)).toBe(text);
  });
});
