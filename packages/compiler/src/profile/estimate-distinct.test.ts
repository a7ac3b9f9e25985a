import { describe, expect, it } from 'vitest';

import { estimateDistinct } from './estimate-distinct.ts';

describe('estimateDistinct', () => {
  it('takes few values from the sample, which has seen them all', () => {
    expect(
      estimateDistinct({ present: 1e7, sketch: 1240, sampled: 32_768, distinct: 1000, once: 0, twice: 0 }),
    ).toBe(1000);
  });

  it('takes values that never repeat for unique', () => {
    expect(
      estimateDistinct({
        present: 1e7,
        sketch: 8.9e6,
        sampled: 32_768,
        distinct: 32_768,
        once: 32_768,
        twice: 0,
      }),
    ).toBe(1e7);
  });

  it('does not go below what the sample shows, nor above what the sketch says', () => {
    // Five million values that come twice each.
    const pairs = { present: 1e7, sampled: 32_768, distinct: 32_715, once: 32_662, twice: 53 };
    const low = estimateDistinct({ ...pairs, sketch: 4.2e6 });
    expect(Math.abs(low - 5e6)).toBeLessThan(1e5);
    expect(estimateDistinct({ ...pairs, sketch: 5.6e6 })).toBe(5_600_000);
  });

  it('believes the sketch where most values are rare', () => {
    expect(
      estimateDistinct({ present: 1e7, sketch: 9e5, sampled: 32_768, distinct: 400, once: 399, twice: 1 }),
    ).toBe(900_000);
  });

  it('counts what was read in full', () => {
    expect(estimateDistinct({ present: 5, sketch: 4, sampled: 5, distinct: 3, once: 1, twice: 2 })).toBe(3);
    expect(estimateDistinct({ present: 0, sketch: 0, sampled: 0, distinct: 0, once: 0, twice: 0 })).toBe(0);
  });
});
