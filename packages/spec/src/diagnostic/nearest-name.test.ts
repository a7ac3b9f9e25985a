import { describe, expect, it } from 'vitest';

import { editDistance, nearestNames } from './nearest-name.ts';

describe('nearestNames', () => {
  it('finds what was probably meant, best first', () => {
    expect(nearestNames('soruce', ['destination', 'source', 'replicate'])).toEqual(['source']);
    expect(nearestNames('Orders', ['orders', 'order_items', 'border'])).toEqual(['orders', 'border']);
    expect(nearestNames('x', ['y', 'abc'])).toEqual([]);
    expect(nearestNames('', ['a'])).toEqual([]);
  });

  it('counts a swap of neighbours as one mistake', () => {
    expect(editDistance('soruce', 'source')).toBe(1);
    expect(editDistance('', 'abc')).toBe(3);
    expect(editDistance('kitten', 'sitting')).toBe(3);
  });
});
