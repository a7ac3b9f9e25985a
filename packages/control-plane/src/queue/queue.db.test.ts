import type { LoadTask } from '@millrace/compiler';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { processIdentity } from '../lease/process-identity.ts';
import { releaseLease } from '../lease/lease.ts';
import { enqueueRun } from '../runs/insert-runs.ts';
import { countRuns, listRunRecords } from '../runs/list-run-records.ts';
import { readAttempts, readRun } from '../runs/run-store.ts';
import { finishRun, requeueRun } from '../runs/run-transitions.ts';
import type { Store } from '../store/open-store.ts';
import { testStores, type TestStore } from '../store/testing/test-stores.ts';
import { requestCancel, watchCancel } from './cancel-request.ts';
import { claimNextRun, type ClaimedRun } from './claim-run.ts';
import { lockTables } from './lock-tables.ts';
import { recoverRuns } from './recover-runs.ts';

const ME = processIdentity();
const GONE = ME.replace(/\d+$/, '1');

describe.each(testStores)('the queue of a store in $name', ({ create }) => {
  let made: TestStore;
  let store: Store;

  beforeEach(async () => {
    made = await create();
    store = made.store;
  });

  afterEach(() => made[Symbol.asyncDispose]());

  async function ask(runId: string, pipeline = runId): Promise<void> {
    await enqueueRun(store, {
      runId,
      pipeline,
      options: { isFullRefresh: false, isVerified: false, tables: [] },
      parameters: {},
      startedBy: { kind: 'person', by: 'ada' },
    });
  }

  async function claim(owner = ME): Promise<ClaimedRun> {
    const claimed = await claimNextRun(store, owner);
    if (!claimed) throw new Error('Nothing waits.');
    return claimed;
  }

  const stateOf = async (runId: string) => (await readRun(store, runId))?.record.state;

  it('gives each run to one of many workers, one of each pipeline at a time, in order', async () => {
    for (let index = 0; index < 12; index++) await ask(`r${String(index).padStart(2, '0')}`, `p${index % 4}`);
    const workers = store.dialect === 'sqlite' ? [store] : [store, await made.openAgain()];
    const taken: ClaimedRun[] = [];
    const work = async (from: Store): Promise<void> => {
      for (let claimed; (claimed = await claimNextRun(from, ME));) {
        taken.push(claimed);
        await finishRun(from, claimed.lease, claimed.runId, 'succeeded', null);
        await releaseLease(from, claimed.lease);
      }
    };
    await Promise.all([...workers, ...workers, ...workers].map(work));
    await work(store);
    expect(taken.map(({ runId }) => runId).toSorted()).toHaveLength(12);
    expect(new Set(taken.map(({ runId }) => runId)).size).toBe(12);
    for (let pipeline = 0; pipeline < 4; pipeline++) {
      const ofPipeline = taken.filter((run) => run.pipeline === `p${pipeline}`).map(({ runId }) => runId);
      expect(ofPipeline).toEqual(ofPipeline.toSorted());
    }
  });

  it('holds the second run of a pipeline back until the first has ended', async () => {
    await ask('r1', 'p');
    await ask('r2', 'p');
    const first = await claim();
    expect(first).toMatchObject({ runId: 'r1', attempt: 1 });
    expect(await claimNextRun(store, ME)).toBeUndefined();
    await finishRun(store, first.lease, 'r1', 'failed', 'it broke');
    await releaseLease(store, first.lease);
    expect((await claim()).runId).toBe('r2');
  });

  it('brings a run back for its next attempt, not before its time', async () => {
    await ask('r1');
    const first = await claim();
    const end = { outcome: 'failed', reason: 'the source is away', isRetry: true } as const;
    expect(await requeueRun(store, first.lease, 'r1', { ...end, afterMs: 3_600_000 })).toBe(true);
    await releaseLease(store, first.lease);
    expect((await readRun(store, 'r1'))?.record).toMatchObject({ state: 'queued', retries: 1, attempts: 1 });
    expect(await claimNextRun(store, ME)).toBeUndefined();
    await store.db.updateTable('runs').set({ available_at: 0 }).execute();
    expect(await claim()).toMatchObject({ runId: 'r1', attempt: 2 });
    expect(await readAttempts(store, 'r1')).toMatchObject([
      { attempt: 1, outcome: 'failed', reason: 'the source is away' },
      { attempt: 2, outcome: null },
    ]);
  });

  it('takes back what a process that is gone had, and gives a run up that kills every process', async () => {
    await ask('r1');
    for (let attempt = 1; attempt <= 5; attempt++) {
      expect((await claim(GONE)).attempt).toBe(attempt);
      expect(await stateOf('r1')).toBe('running');
      expect(await recoverRuns(store)).toBe(1);
    }
    expect((await readRun(store, 'r1'))?.record).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('5 processes ended'),
    });
    await ask('r2');
    await claim(ME);
    expect(await recoverRuns(store)).toBe(0);
    await store.db.updateTable('leases').set({ expires_at: 1, owner: 'elsewhere/x/1/1' }).execute();
    expect(await recoverRuns(store)).toBe(1);
    expect(await stateOf('r2')).toBe('queued');
  });

  it('lets nobody decide about a run whose lease went to another', async () => {
    await ask('r1');
    const lost = await claim(GONE);
    await recoverRuns(store);
    const now = await claim(ME);
    expect(await finishRun(store, lost.lease, 'r1', 'failed', 'late')).toBe(false);
    const end = { outcome: 'failed', reason: 'late', afterMs: 0, isRetry: true } as const;
    expect(await requeueRun(store, lost.lease, 'r1', end)).toBe(false);
    expect(await finishRun(store, now.lease, 'r1', 'succeeded', null)).toBe(true);
  });

  it('cancels: what waits at once, what is in work by telling its process, what is over never', async () => {
    await ask('waiting');
    const waiting = { runId: 'waiting', pipeline: 'waiting' };
    expect(await requestCancel(store, waiting, 'by ada')).toBe('cancelled');
    expect((await readRun(store, 'waiting'))?.record).toMatchObject({ state: 'cancelled', reason: 'by ada' });
    await ask('running');
    const { lease } = await claim();
    using watch = watchCancel(store, 'running');
    const told = new Promise((resolve) => watch.signal.addEventListener('abort', resolve, { once: true }));
    expect(await requestCancel(store, { runId: 'running', pipeline: 'running' }, 'by bob')).toBe('running');
    await told;
    expect(watch.signal.reason).toMatchObject({ code: 'cancelled', message: 'by bob' });
    await finishRun(store, lease, 'running', 'succeeded', null);
    expect(await requestCancel(store, { runId: 'running', pipeline: 'running' }, 'late')).toBe('succeeded');
  });

  it('ends as cancelled what fails after somebody wanted it cancelled', async () => {
    for (const runId of ['fails', 'waits', 'succeeds']) {
      await ask(runId);
      const { lease } = await claim();
      await requestCancel(store, { runId, pipeline: runId }, 'by ada');
      // Its process has not looked yet, and says how it ended by itself.
      const failed = { outcome: 'failed', reason: 'it broke', afterMs: 0, isRetry: true } as const;
      if (runId === 'fails') expect(await finishRun(store, lease, runId, 'failed', 'it broke')).toBe(true);
      if (runId === 'waits') expect(await requeueRun(store, lease, runId, failed)).toBe(true);
      if (runId === 'succeeds') expect(await finishRun(store, lease, runId, 'succeeded', null)).toBe(true);
    }
    for (const runId of ['fails', 'waits'])
      expect((await readRun(store, runId))?.record).toMatchObject({ state: 'cancelled', reason: 'by ada' });
    expect(await stateOf('succeeds')).toBe('succeeded');
    expect(await readAttempts(store, 'waits')).toMatchObject([{ outcome: 'cancelled' }]);
    expect(await claimNextRun(store, ME)).toBeUndefined();
  });

  it('has one writer of a table at a time, with a token above that of the one before', async () => {
    const task = (name: string): LoadTask =>
      // Of a task only its destination is looked at here.
      ({ destination: { connection: 'warehouse', table: { schema: 'mart', name } } }) as LoadTask;
    const never = new AbortController().signal;
    await ask('a');
    await ask('b');
    await claim();
    await claim();
    const record = (runId: string) => async (db: Store['db']) => {
      await db.updateTable('runs').set({ plan: '"made"' }).where('run_id', '=', runId).execute();
    };
    const firstTasks = [task('orders'), task('items')];
    const first = await lockTables(store, 'a', firstTasks, () => undefined, never, record('a'));
    const order: string[] = [];
    const second = lockTables(
      store,
      'b',
      [task('items'), task('customers')],
      ({ table, runId }) => order.push(`b waits for ${table}, which ${runId} writes`),
      never,
      record('b'),
    ).then((locked) => {
      order.push('b has them');
      return locked;
    });
    while (order.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    const recorded = await store.db.selectFrom('runs').select('plan').execute();
    expect(recorded).toEqual([{ plan: '"made"' }, { plan: '"made"' }]);
    order.push('a is done');
    await first[Symbol.asyncDispose]();
    const { fenceToken } = await second;
    expect(order).toEqual(['b waits for mart.items, which a writes', 'a is done', 'b has them']);
    expect(fenceToken).toBeGreaterThan(first.fenceToken);
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 50);
    await expect(lockTables(store, 'a', [task('items')], () => undefined, stop.signal)).rejects.toMatchObject(
      {
        code: 'cancelled',
      },
    );
  });

  it('lists page by page, each run once, with what a filter lets through', async () => {
    for (let index = 0; index < 25; index++) await ask(`r${String(index).padStart(2, '0')}`, `p${index % 2}`);
    await requestCancel(store, { runId: 'r00', pipeline: 'p0' }, 'no');
    // Many at the same millisecond, as when schedules fire.
    await store.db.updateTable('runs').set({ queued_at: 1_000 }).where('run_id', '<', 'r20').execute();
    const seen: string[] = [];
    let after: { queuedAt: number; runId: string } | undefined;
    for (;;) {
      const page = await listRunRecords(store, { limit: 7, after });
      seen.push(...page.map(({ runId }) => runId));
      const last = page.at(-1);
      if (!last) break;
      after = { queuedAt: Date.parse(last.queuedAt), runId: last.runId };
    }
    expect(seen).toHaveLength(25);
    expect(new Set(seen).size).toBe(25);
    expect(seen.slice(5)).toEqual(
      Array.from({ length: 20 }, (_, index) => `r${String(19 - index).padStart(2, '0')}`),
    );
    expect(await countRuns(store, { pipelines: ['p0'] })).toMatchObject({ queued: 12, cancelled: 1 });
    expect(await listRunRecords(store, { states: ['cancelled'], limit: 9 })).toMatchObject([
      { runId: 'r00' },
    ]);
    expect(await listRunRecords(store, { until: 1_001, pipelines: ['p1'], limit: 99 })).toHaveLength(10);
  });
});
