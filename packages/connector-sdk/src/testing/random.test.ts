import { expect, it } from 'vitest';
import { newSeed, seededRandom } from './random.ts';

it('repeats itself for the same seed and differs for another', () => {
  const draw = (seed: number): number[] => Array.from({ length: 20 }, seededRandom(seed).next);
  expect(draw(42)).toEqual(draw(42));
  expect(draw(42)).not.toEqual(draw(43));
});

it('covers whole numbers evenly and within both bounds', () => {
  const random = seededRandom(newSeed());
  const counts = new Map<number, number>();
  for (let index = 0; index < 60_000; index++) {
    const value = random.integer(-1, 4);
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  expect([...counts.keys()].toSorted((left, right) => left - right)).toEqual([-1, 0, 1, 2, 3, 4]);
  for (const count of counts.values())
    expect(Math.abs(count - 10_000), `seed ${random.seed}`).toBeLessThan(1000);
});

it('shuffles without losing a value', () => {
  const values = Array.from({ length: 50 }, (_, index) => index);
  const shuffled = seededRandom(1).shuffle(values);
  expect(shuffled).not.toEqual(values);
  expect(shuffled.toSorted((left, right) => left - right)).toEqual(values);
});
