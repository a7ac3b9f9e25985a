import { expect, it } from 'vitest';

import { KeptValues } from './kept-values.ts';

it('keeps what was asked for last, as much as fits', () => {
  const kept = new KeptValues<string>(10);
  kept.set('a', 'A', 4);
  kept.set('b', 'B', 4);
  expect(kept.get('a')).toBe('A');
  kept.set('c', 'C', 4);
  expect([kept.get('a'), kept.get('b'), kept.get('c')]).toEqual(['A', undefined, 'C']);
  kept.set('c', 'larger', 6);
  expect([kept.get('a'), kept.get('c')]).toEqual(['A', 'larger']);
  kept.set('a', 'too large', 11);
  expect([kept.get('a'), kept.get('c')]).toEqual([undefined, 'larger']);
});
