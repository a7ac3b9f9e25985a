import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { parseTableReference } from './table-reference.ts';

describe('parseTableReference', () => {
  it('takes what stands before the first dot for the schema', () => {
    expect(parseTableReference('orders')).toEqual({ name: 'orders' });
    expect(parseTableReference('shop.orders')).toEqual({ schema: 'shop', name: 'orders' });
    expect(parseTableReference('shop.orders.old')).toEqual({ schema: 'shop', name: 'orders.old' });
    expect(parseTableReference('"a.b".c')).toEqual({ schema: 'a.b', name: 'c' });
    expect(parseTableReference('a."b.c"')).toEqual({ schema: 'a', name: 'b.c' });
    expect(parseTableReference('"say ""hi"""')).toEqual({ name: 'say "hi"' });
  });

  it('refuses names with an empty part', () => {
    for (const text of ['', '.', 'a.', '.a', '""', 'a.""', '"a', '"a"b', '"a".', '"a""'])
      expect(parseTableReference(text)).toBeUndefined();
  });

  it('reads any name that is quoted', () => {
    const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (schema, name) => {
        expect(parseTableReference(`${quote(schema)}.${quote(name)}`)).toEqual({ schema, name });
      }),
    );
  });
});
