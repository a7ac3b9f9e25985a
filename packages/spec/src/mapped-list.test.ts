import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { MappedList } from './mapped-list.ts';

describe('MappedList', () => {
  it('gives what mapping gives, whatever the lists before were', () => {
    const list = fc.array(fc.nat(6));
    fc.assert(
      fc.property(fc.array(list), (lists) => {
        const mapped = new MappedList<number, string>();
        for (const items of lists)
          expect(mapped.map(items, (item) => `<${item}>`)).toEqual(items.map((item) => `<${item}>`));
      }),
    );
  });

  it('makes only what is new, where one place of the list changed', () => {
    const mapped = new MappedList<string, string>();
    const made: string[] = [];
    const make = (item: string): string => {
      made.push(item);
      return item.toUpperCase();
    };
    mapped.map(['a', 'b', 'c', 'd'], make);
    mapped.map(['a', 'b', 'new', 'c', 'd'], make);
    mapped.map(['a', 'new', 'c', 'd'], make);
    expect(mapped.map(['a', 'new', 'other', 'd'], make)).toEqual(['A', 'NEW', 'OTHER', 'D']);
    expect(made).toEqual(['a', 'b', 'c', 'd', 'new', 'other']);
  });
});
