import { describe, expect, it } from 'vitest';

import { selectTables } from './table-patterns.ts';

const tables = [
  { schema: 'shop', name: 'orders' },
  { schema: 'shop', name: 'orders_log' },
  { schema: 'crm', name: 'people' },
];
const names = (include: string[], exclude: string[] = []) =>
  selectTables(tables, { include, exclude }).map((table) => table.name);

describe('selectTables', () => {
  it('takes everything when nothing is included', () => {
    expect(names([])).toEqual(['orders', 'orders_log', 'people']);
  });
  it('keeps a star within its side of the dot', () => {
    expect(names(['shop.*'], ['shop.*_log'])).toEqual(['orders']);
    expect(names(['*'])).toEqual([]);
    expect(names(['*.*'])).toHaveLength(3);
  });
  it('names near misses of a table that does not exist', () => {
    expect(() => names(['shop.order'])).toThrow('Did you mean shop.orders?');
    expect(() => names(['elsewhere.nothing_like_it'])).toThrow('does not exist among the 3 tables');
  });
  it('matches names with special characters literally', () => {
    const odd = [{ name: 'a+b(c)[d]' }, { name: 'aab' }];
    expect(selectTables(odd, { include: ['a+b(c)[d]'], exclude: [] })).toEqual([odd[0]]);
  });
});
