import { describe, expect, it } from 'vitest';

import { estimateDistinct } from './estimate-distinct.ts';

const share = 1 / 256;

describe('estimateDistinct', () => {
  it('takes few values from the sample, which has seen them all', () => {
    expect(
      estimateDistinct({ present: 1e7, kept: 7, share, sampled: 32_768, distinct: 1000, once: 0, twice: 0 }),
    ).toBe(1000);
  });

  it('takes values that never repeat for unique', () => {
    expect(
      estimateDistinct({
        present: 1e7,
        kept: 38_700,
        share,
        sampled: 32_768,
        distinct: 32_768,
        once: 32_768,
        twice: 0,
      }),
    ).toBe(1e7);
  });

  it('does not go below what the sample shows, and follows the kept values where they say otherwise', () => {
    // Five million values that come twice each.
    const pairs = { present: 1e7, share, sampled: 32_768, distinct: 32_715, once: 32_662, twice: 53 };
    const low = estimateDistinct({ ...pairs, kept: 19_300 });
    expect(Math.abs(low - 5e6)).toBeLessThan(1e5);
    expect(estimateDistinct({ ...pairs, kept: 21_875 })).toBe(5_600_000);
  });

  it('believes the kept values where most values are rare', () => {
    expect(
      estimateDistinct({
        present: 1e7,
        kept: 3500,
        share,
        sampled: 32_768,
        distinct: 400,
        once: 399,
        twice: 1,
      }),
    ).toBe(896_000);
  });

  it('counts what was read in full', () => {
    const few = { kept: 1, share: 0.5, once: 1, twice: 2 };
    expect(estimateDistinct({ ...few, present: 5, sampled: 5, distinct: 3 })).toBe(3);
    expect(estimateDistinct({ ...few, kept: 0, present: 0, sampled: 0, distinct: 0 })).toBe(0);
  });
});
