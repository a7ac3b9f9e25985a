import { describe, expect, it } from 'vitest';

import { sqlPlaces } from './sql-places.ts';

/** Where the § stands. */
function place(sql: string): string | undefined {
  return sqlPlaces(sql.replace('§', '${param:x}'), [sql.indexOf('§')])[0];
}

describe('sqlPlaces', () => {
  it.each([
    ['a = §', 'code'],
    ["a = 'x' AND b = §", 'code'],
    ["a = 'it''s' AND b = §", 'code'],
    ['"we""ird" = §', 'code'],
    ['-- a comment\n§', 'code'],
    ['/* a /* nested */ one */ §', 'code'],
    ['$$ text $$ || §', 'code'],
    ['$tag$ $$ $tag$ || §', 'code'],
    ['price * -§', 'code'],
    ['$1 + §', 'code'],
    ["'§'", 'quoted'],
    ["'it''s §'", 'quoted'],
    ["e'\\' §'", 'quoted'],
    ["E'x' || §", 'quoted'],
    ["\u00a0e'x' || §", 'quoted'],
    ['"§"', 'quoted'],
    ['$$ § $$', 'quoted'],
    ['$a$ § $a$', 'quoted'],
    ["a$$b ' $$ || §", 'quoted'],
    ["like'%' || §", 'code'],
    ["'open §", 'quoted'],
    ['-- §', 'comment'],
    ['/* § */', 'comment'],
    ['/* /* */ § */', 'comment'],
    ['/* open §', 'comment'],
  ] as const)('%s: %s', (sql, expected) => {
    expect(place(sql)).toBe(expected);
  });
});
