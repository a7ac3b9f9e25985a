import type { Plan } from '@millrace/compiler';
import { foldRun } from '@millrace/engine';
import type { RunEvent } from '@millrace/engine';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { claimLease } from '../lease/lease.ts';
import type { Lease } from '../lease/lease.ts';
import type { Store } from '../store/open-store.ts';
import { testStores, type TestStore } from '../store/testing/test-stores.ts';
import { EventLog } from './event-log.ts';
import { listRunRecords } from './list-run-records.ts';
import { findUnfinishedRun, readAttempts, readEvents, readRun } from './run-store.ts';
import { createRun } from './insert-runs.ts';
import { finishRun, resumeRun } from './run-transitions.ts';

let made: TestStore;
let store: Store;
let lease: Lease;

async function claim(): Promise<Lease> {
  const claimed = await claimLease(store, 'pipeline:p', 'host/boot/1/1');
  if (!claimed.isGranted) throw new Error('not granted');
  return claimed.lease;
}

const plan: Plan = {
  version: 1,
  pipeline: 'p',
  documentFingerprint: 'd',
  fingerprint: 'f',
  tasks: [],
  steps: [],
};
const options = { isFullRefresh: false, isVerified: false, tables: ['a.*'] };

describe.each(testStores)('runs in a store in $name', ({ create }) => {
  beforeEach(async () => {
    made = await create();
    store = made.store;
    lease = await claim();
  });

  afterEach(() => made[Symbol.asyncDispose]());

  it('begin, are found unfinished with their plan, and go on as the next attempt', async () => {
    await createRun(store, lease, { runId: 'r1', plan, options });
    expect(await findUnfinishedRun(store, 'p')).toMatchObject({
      record: { runId: 'r1', options, attempts: 1 },
      plan,
    });
    expect(await resumeRun(store, lease, 'r1')).toBe(2);
    expect(await readAttempts(store, 'r1')).toMatchObject([
      { attempt: 1, outcome: 'lost', reason: expect.stringContaining('process 1') },
      { attempt: 2, outcome: null },
    ]);
  });

  it('stay as they ended', async () => {
    await createRun(store, lease, { runId: 'r1', plan, options });
    expect(await finishRun(store, lease, 'r1', 'cancelled', 'by hand')).toBe(true);
    expect(await finishRun(store, lease, 'r1', 'succeeded', null)).toBe(false);
    await expect(resumeRun(store, lease, 'r1')).rejects.toThrow();
    expect(await readRun(store, 'r1')).toMatchObject({
      record: { state: 'cancelled', reason: 'by hand', attempts: 1 },
    });
    expect(await findUnfinishedRun(store, 'p')).toBeUndefined();
  });

  it('are not ended by a process that lost its lease', async () => {
    await createRun(store, lease, { runId: 'r1', plan, options });
    await store.db.updateTable('leases').set({ expires_at: 1 }).execute();
    await claim();
    expect(await finishRun(store, lease, 'r1', 'failed', null)).toBe(false);
    expect(await readRun(store, 'r1')).toMatchObject({ record: { state: 'running' } });
  });

  it('are found by the beginning of their id when only one begins so', async () => {
    await createRun(store, lease, { runId: 'run-1', plan, options });
    await createRun(store, lease, { runId: 'run-12', plan, options });
    expect(await readRun(store, 'run-12')).toBeDefined();
    expect(await readRun(store, 'run-1')).toMatchObject({ record: { runId: 'run-1' } });
    expect(await readRun(store, 'run-')).toBeUndefined();
    expect(await readRun(store, "x' OR '1'='1")).toBeUndefined();
    expect(await listRunRecords(store, { limit: 1 })).toHaveLength(1);
  });

  it('keep their events in order, and fold to their state', async () => {
    await createRun(store, lease, { runId: 'r1', plan, options });
    const at = '2026-01-01T00:00:00.000Z';
    const base = { at, runId: 'r1', attempt: 1 };
    const events: readonly RunEvent[] = [
      { ...base, type: 'runStarted', pipeline: 'p', planFingerprint: 'f', tasks: ['t'], tables: {} },
      { ...base, type: 'taskStarted', task: 't', mode: 'full', reason: 'first load' },
      { ...base, type: 'taskProgress', task: 't', rows: 5, bytes: 5, estimatedRows: 10 },
      { ...base, type: 'taskUnchanged', task: 't', durationMs: 5 },
      { ...base, type: 'runFinished', state: 'succeeded', durationMs: 6 },
    ];
    {
      await using log = new EventLog(store);
      for (const event of events) log.append(event);
    }
    const kept = await readEvents(store, 'r1');
    expect(kept).toEqual(events.filter((event) => event.type !== 'taskProgress'));
    expect(foldRun(kept)).toMatchObject({ status: 'succeeded', totals: { unchanged: 1 } });
  });
});
