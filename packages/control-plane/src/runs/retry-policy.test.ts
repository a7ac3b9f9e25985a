import { describe, expect, it } from 'vitest';

import { retryAfterMs } from './retry-policy.ts';

describe('retryAfterMs', () => {
  it('waits longer from attempt to attempt, and gives up after the fourth retry', () => {
    const delays = [0, 1, 2, 3, 4].map((retries) => retryAfterMs([{ retry: 'backoff' }], retries));
    expect(delays).toEqual([2_000, 30_000, 120_000, 600_000, undefined]);
  });

  it('leaves what cannot pass by itself to a person', () => {
    expect(retryAfterMs([{ retry: 'never' }], 0)).toBeUndefined();
    expect(retryAfterMs([], 0)).toBeUndefined();
  });

  it('tries again when one of several failures can pass, and as late as a system asked', () => {
    expect(retryAfterMs([{ retry: 'never' }, { retry: { afterMs: 5_000 } }], 0)).toBe(5_000);
    expect(retryAfterMs([{ retry: { afterMs: 90_000 } }, { retry: 'backoff' }], 0)).toBe(90_000);
  });
});
