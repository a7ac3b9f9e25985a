import type { RunEvent } from '@millrace/engine';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { claimLease } from '../lease/lease.ts';
import { appendEvents } from '../runs/run-store.ts';
import { createRun } from '../runs/insert-runs.ts';
import { finishRun } from '../runs/run-transitions.ts';
import type { Store } from '../store/open-store.ts';
import { testStores, type TestStore } from '../store/testing/test-stores.ts';
import type { LiveEvent } from './live-event.ts';

describe.each(testStores)('the live feed of a store in $name', ({ create }) => {
  let made: TestStore;
  let store: Store;
  let stop: AbortController;

  beforeEach(async () => {
    made = await create();
    store = made.store;
    stop = new AbortController();
  });

  afterEach(async () => {
    stop.abort();
    await made[Symbol.asyncDispose]();
  });

  /** Listens from now on; `next(count)` waits for so many more events. */
  function listen(to: Store, after?: string) {
    const feed = to.live.subscribe(after, stop.signal);
    const first = feed.next();
    let waiting: ReturnType<typeof feed.next> | undefined = first;
    return async (count: number): Promise<readonly LiveEvent[]> => {
      const told: LiveEvent[] = [];
      while (told.length < count) {
        const { value } = await (waiting ?? feed.next());
        waiting = undefined;
        if (!value) throw new Error('The feed has ended.');
        told.push(value);
      }
      return told;
    };
  }

  const settle = () => new Promise((resolve) => setTimeout(resolve, 50));

  async function startRun(runId: string) {
    const claimed = await claimLease(store, `pipeline:${runId}`, 'host/boot/1/1');
    if (!claimed.isGranted) throw new Error('not granted');
    const plan = {
      version: 1 as const,
      pipeline: runId,
      documentFingerprint: 'd',
      fingerprint: 'f',
      tasks: [],
      steps: [],
    };
    const options = { isFullRefresh: false, isVerified: false, tables: [] };
    await createRun(store, claimed.lease, { runId, plan, options });
    return claimed.lease;
  }

  const warning = (runId: string, message: string): RunEvent => ({
    at: '2026-01-01T00:00:00.000Z',
    runId,
    attempt: 1,
    type: 'warning',
    task: null,
    message,
  });

  it('tells what another process writes, in order, with each state of a run after its events', async () => {
    const elsewhere = await made.openAgain();
    const next = listen(elsewhere);
    await settle();
    const lease = await startRun('p');
    expect(await next(2)).toMatchObject([
      { kind: 'run', runId: 'p', state: 'queued' },
      { kind: 'run', runId: 'p', state: 'running' },
    ]);
    await appendEvents(store, [warning('p', 'one'), warning('p', 'two')]);
    await finishRun(store, lease, 'p', 'succeeded', null);
    await store.live.tell({ kind: 'dataset', ref: 'mart.daily' });
    expect(await next(4)).toMatchObject([
      { kind: 'runEvent', event: { message: 'one' } },
      { kind: 'runEvent', event: { message: 'two' } },
      { kind: 'run', runId: 'p', state: 'succeeded' },
      { kind: 'dataset', ref: 'mart.daily' },
    ]);
  });

  it('goes on after the event that a reader saw last, as often as it comes back', async () => {
    await startRun('p');
    const next = listen(store);
    await settle();
    await appendEvents(store, [warning('p', 'seen')]);
    const [seen] = await next(1);
    await appendEvents(store, [warning('p', 'missed 1'), warning('p', 'missed 2')]);
    await store.live.tell({ kind: 'schedule', pipeline: 'p' });
    for (let round = 0; round < 2; round++) {
      const told = await listen(store, seen?.id)(3);
      expect(told).toMatchObject([
        { event: { message: 'missed 1' } },
        { event: { message: 'missed 2' } },
        { kind: 'schedule', pipeline: 'p' },
      ]);
    }
  });

  it('says that everything is to be read anew to who cannot be told all', async () => {
    for (const id of ['900-900', 'not a position'])
      expect(await listen(store, id)(1)).toMatchObject([{ kind: 'reset' }]);
    await startRun('p');
    const events = Array.from({ length: 5_001 }, (_, index) => warning('p', String(index)));
    await appendEvents(store, events);
    expect(await listen(store, '0-0')(1)).toMatchObject([{ kind: 'reset' }]);
  });

  it('tells nothing twice and leaves nothing out while many write and many join', async () => {
    await startRun('p');
    // Two connections of one process to one file would wait for each other: a write of SQLite blocks the process.
    const writers =
      store.dialect === 'sqlite'
        ? [store, store, store]
        : [store, await made.openAgain(), await made.openAgain()];
    const elsewhere = await made.openAgain();
    const perWriter = 40;
    const writing = Promise.all(
      writers.map(async (writer, index) => {
        for (let count = 0; count < perWriter; count++)
          await appendEvents(writer, [warning('p', `${index}:${count}`)]);
      }),
    );
    const readers = await Promise.all(
      [store, elsewhere, elsewhere, store].map((reader) =>
        listen(
          reader,
          '0-0',
        )(writers.length * perWriter + 2).then((told) =>
          told.flatMap((event) =>
            event.kind === 'runEvent' && event.event.type === 'warning' ? [event.event.message] : [],
          ),
        ),
      ),
    );
    await writing;
    for (const messages of readers) {
      expect(new Set(messages).size).toBe(writers.length * perWriter);
      for (const [index] of writers.entries())
        expect(messages.filter((message) => message.startsWith(`${index}:`))).toEqual(
          Array.from({ length: perWriter }, (_, count) => `${index}:${count}`),
        );
    }
  });

  it('passes progress on without keeping it', async () => {
    const next = listen(store);
    await settle();
    const base = { at: '2026-01-01T00:00:00.000Z', runId: 'p', attempt: 1 };
    store.live.pass({ ...base, type: 'taskProgress', task: 't', rows: 5, bytes: 5, estimatedRows: null });
    const [told] = await next(1);
    expect(told).toMatchObject({ kind: 'runEvent', event: { type: 'taskProgress', rows: 5 } });
    await store.live.tell({ kind: 'schedule', pipeline: 'q' });
    expect(await listen(store, told?.id)(1)).toMatchObject([{ kind: 'schedule', pipeline: 'q' }]);
  });
});
