import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { claimLease, type Lease } from '../lease/lease.ts';
import type { Store } from '../store/open-store.ts';
import { testStores, type TestStore } from '../store/testing/test-stores.ts';
import { createRun } from './insert-runs.ts';
import { EndedRuns, momentOfRun, momentOfRuns } from './ended-runs.ts';
import { appendEvents } from './run-store.ts';
import { finishRun, forgetRun } from './run-transitions.ts';
import { runWarning } from './run-warning.ts';

describe.each(testStores)('what is kept of the runs in a store in $name', ({ create }) => {
  const plan = { version: 1 as const, documentFingerprint: 'd', fingerprint: 'f', tasks: [], steps: [] };
  const options = { isFullRefresh: false, isVerified: false, tables: [] };
  const runs = new EndedRuns<{ readonly text: string }>();
  let made: TestStore;
  let store: Store;

  beforeEach(async () => {
    made = await create();
    store = made.store;
  });

  afterEach(() => made[Symbol.asyncDispose]());

  async function begin(runId: string): Promise<Lease> {
    const claimed = await claimLease(store, `pipeline:${runId}`, 'host/boot/1/1');
    if (!claimed.isGranted) throw new Error('not granted');
    await createRun(store, claimed.lease, { runId, plan: { ...plan, pipeline: runId }, options });
    return claimed.lease;
  }

  /** Shown at this moment; a text of an earlier one when that is kept. */
  async function show(runId: string, text: string): Promise<string> {
    const moment = await momentOfRun(store, runId);
    if (moment === undefined) return text;
    const kept = runs.get(store, runId, moment);
    if (kept !== undefined) return kept.text;
    runs.keep(store, runId, moment, { text });
    return text;
  }

  it('is nothing before their end, and then what was told first', async () => {
    const lease = await begin('r1');
    expect([await show('r1', 'one'), await show('r1', 'two')]).toEqual(['one', 'two']);
    await finishRun(store, lease, 'r1', 'succeeded', null);
    expect([await show('r1', 'three'), await show('r1', 'four')]).toEqual(['three', 'three']);
    expect(await show('r', 'a beginning of its id')).toBe('a beginning of its id');
  });

  it('is told anew when more of it came, and when another run went on, in whichever process', async () => {
    await finishRun(store, await begin('r1'), 'r1', 'cancelled', null);
    expect([await show('r1', 'one'), await show('r1', 'two')]).toEqual(['one', 'one']);
    const elsewhere = await made.openAgain();
    await appendEvents(elsewhere, [runWarning('r1', 1, 'wound up')]);
    expect([await show('r1', 'three'), await show('r1', 'four')]).toEqual(['three', 'three']);
    await begin('r2');
    expect(await show('r1', 'five')).toBe('five');
  });

  it('of all runs is of another moment when one came, ended or was taken back, in whichever process', async () => {
    const moments = [await momentOfRuns(store)];
    const lease = await begin('r1');
    moments.push(await momentOfRuns(store));
    await finishRun(await made.openAgain(), lease, 'r1', 'succeeded', null);
    moments.push(await momentOfRuns(store));
    const taken = await begin('r2');
    moments.push(await momentOfRuns(store));
    await forgetRun(store, taken, 'r2');
    moments.push(await momentOfRuns(store));
    expect(new Set(moments).size).toBe(5);
    await appendEvents(store, [runWarning('r1', 1, 'wound up')]);
    expect(await momentOfRuns(store)).toBe(moments.at(-1));
  });
});
