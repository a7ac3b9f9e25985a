import { PipelineError } from '@millrace/connector-sdk';
import { describe, expect, it } from 'vitest';

import { openOnce } from './open-once.ts';
import { retryDelayMs, waitMs } from './retry.ts';
import { createSlots } from './slots.ts';

function failure(retry: PipelineError['retry']) {
  return new PipelineError({ code: 'connectionLost', blame: 'source', retry, message: 'gone' });
}

describe('retryDelayMs', () => {
  it('doubles up to a ceiling, with jitter', () => {
    expect([1, 2, 3, 20].map((tries) => retryDelayMs(failure('backoff'), tries, 99, () => 1))).toEqual([
      250, 500, 1000, 30_000,
    ]);
    expect(retryDelayMs(failure('backoff'), 1, 99, () => 0)).toBe(125);
  });

  it('waits as long as the error says', () => {
    expect(retryDelayMs(failure({ afterMs: 7 }), 1, 3)).toBe(7);
  });

  it('does not retry what cannot pass, what ran out of tries, and what is a bug', () => {
    expect(retryDelayMs(failure('never'), 1, 3)).toBeUndefined();
    expect(retryDelayMs(failure('backoff'), 3, 3)).toBeUndefined();
    expect(retryDelayMs(new TypeError('bug'), 1, 3)).toBeUndefined();
  });
});

describe('waitMs', () => {
  it('ends at once when the run is cancelled', async () => {
    const controller = new AbortController();
    const waiting = waitMs(60_000, controller.signal);
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('createSlots', () => {
  it('gives places in order and survives a cancelled waiter', async () => {
    const slots = createSlots(1);
    const never = new AbortController();
    const first = await slots.take(never.signal);
    const cancelled = new AbortController();
    const second = slots.take(cancelled.signal);
    const third = slots.take(never.signal);
    cancelled.abort();
    await expect(second).rejects.toMatchObject({ code: 'cancelled' });
    first();
    first();
    (await third)();
    expect(slots.isFree).toBe(true);
  });
});

describe('openOnce', () => {
  it('tries again after a failure, but not for ever', async () => {
    let opened = 0;
    const dead = openOnce(async () => {
      opened++;
      throw failure('backoff');
    }, 3);
    for (let use = 0; use < 10; use++)
      await expect(dead.get()).rejects.toMatchObject({ code: 'connectionLost' });
    expect(opened).toBe(3);
    let working = 0;
    const alive = openOnce(async () => ++working, 3);
    expect(alive.current).toBeUndefined();
    expect([await alive.get(), await alive.get()]).toEqual([1, 1]);
  });
});
