import { expect, it } from 'vitest';

import { AttemptLimiter } from './attempt-limiter.ts';

it('takes ten tries, then one every thirty seconds, for each name alone', () => {
  let now = 0;
  const limiter = new AttemptLimiter(() => now);
  const take = (count: number): readonly number[] => Array.from({ length: count }, () => limiter.take('a'));
  expect(take(12)).toEqual([...Array(10).fill(0), 30, 30]);
  expect(limiter.take('b')).toBe(0);
  now = 29_999;
  expect(limiter.take('a')).toBe(1);
  now = 61_000;
  expect(take(3)).toEqual([0, 0, 29]);
  limiter.giveBack('a');
  expect(take(2)).toEqual([0, 29]);
  now = 3_600_000;
  expect(take(11)).toEqual([...Array(10).fill(0), 30]);
});

it('forgets the oldest names when an attacker makes up many', () => {
  const limiter = new AttemptLimiter(() => 0);
  for (let count = 0; count < 10; count += 1) limiter.take('first');
  for (let count = 0; count < 10_000; count += 1) limiter.take(`name-${count}`);
  expect(limiter.take('first')).toBe(0);
});
