import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { temporaryFolder } from '@millrace/connector-sdk/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { listRunRecords } from '../runs/list-run-records.ts';
import type { Store } from '../store/open-store.ts';
import { testStores, type TestStore } from '../store/testing/test-stores.ts';
import { nextTimes } from './fire-times.ts';
import { fireDue, slotsOf } from './fire-due.ts';
import { syncSchedules } from './sync-schedules.ts';

const at = (text: string): number => Date.parse(text);
const times = (cron: string, timezone: string, after: string, count = 3): readonly string[] =>
  nextTimes({ cron, timezone }, at(after), count).map((time) => new Date(time).toISOString());

describe('times of a schedule', () => {
  it('are those of its time zone', () => {
    expect(times('0 6 * * *', 'Europe/Berlin', '2026-01-01T00:00:00Z', 2)).toEqual([
      '2026-01-01T05:00:00.000Z',
      '2026-01-02T05:00:00.000Z',
    ]);
  });

  it('come once a day when clocks change', () => {
    expect(times('30 2 * * *', 'Europe/Berlin', '2026-03-28T12:00:00Z', 2)).toEqual([
      '2026-03-29T01:00:00.000Z',
      '2026-03-30T00:30:00.000Z',
    ]);
    expect(times('30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00:00Z', 2)).toEqual([
      '2026-10-25T00:30:00.000Z',
      '2026-10-26T01:30:00.000Z',
    ]);
  });
});

describe('slots to run', () => {
  const rule = { cron: '0 * * * *', timezone: 'UTC', next_at: at('2026-01-01T01:00:00Z') };
  const slots = (catchUp: 'latest' | 'all' | 'none', now: string): readonly string[] =>
    slotsOf({ ...rule, catch_up: catchUp }, at(now)).map((slot) =>
      new Date(slot).toISOString().slice(11, 16),
    );

  it('are the one that is due, whatever the policy', () => {
    for (const policy of ['latest', 'all', 'none'] as const)
      expect(slots(policy, '2026-01-01T01:00:00.200Z')).toEqual(['01:00']);
    expect(slots('all', '2026-01-01T00:59:59Z')).toEqual([]);
  });

  it('are what the policy says of those that passed while nothing ran', () => {
    expect(slots('latest', '2026-01-01T04:30:00Z')).toEqual(['04:00']);
    expect(slots('all', '2026-01-01T04:30:00Z')).toEqual(['01:00', '02:00', '03:00', '04:00']);
    expect(slots('none', '2026-01-01T04:30:00Z')).toEqual([]);
    expect(slots('none', '2026-01-01T04:00:10Z')).toEqual(['04:00']);
  });
});

describe.each(testStores)('schedules in a store in $name', ({ create }) => {
  let made: TestStore;
  let store: Store;
  const folder = temporaryFolder('schedules');

  beforeEach(async () => {
    made = await create();
    store = made.store;
    mkdirSync(join(folder.path, 'pipelines'), { recursive: true });
  });

  afterEach(async () => {
    await made[Symbol.asyncDispose]();
    folder.remove();
  });

  function write(name: string, schedule: string): void {
    writeFileSync(
      join(folder.path, 'pipelines', `${name}.yaml`),
      `version: 1\nname: ${name}\n${schedule}steps:\n  a: { replicate: { from: shop, into: { connection: warehouse, schema: raw } } }\n`,
    );
  }

  const sync = (isRight = true) => syncSchedules(store, folder.path, async () => isRight);
  const rows = () => store.db.selectFrom('schedules').selectAll().orderBy('pipeline').execute();
  const makeDue = (ms = 500) =>
    store.db
      .updateTable('schedules')
      .set({ next_at: Date.now() - ms })
      .execute();

  it('follow the files: a wrong one keeps what was valid, one that is gone takes its schedule along', async () => {
    write('a', 'schedule: { cron: "0 6 * * *", timezone: Europe/Berlin, catchUp: all }\n');
    write('b', '');
    await sync();
    const [first] = await rows();
    expect(first).toMatchObject({
      pipeline: 'a',
      cron: '0 6 * * *',
      catch_up: 'all',
      path: 'pipelines/a.yaml',
    });
    expect(first?.next_at).toBeGreaterThan(Date.now());
    writeFileSync(join(folder.path, 'pipelines', 'a.yaml'), 'version: 1\nname: a\nsteps: 7\n');
    await sync();
    expect(await rows()).toEqual([first]);
    for (const text of ['schedule: { cron: "0 7 * * *" }\n', '']) {
      write('a', text);
      expect(await sync(false)).toBe(1);
      expect(await rows()).toEqual([first]);
    }
    write('a', 'schedule: { cron: "0 7 * * *" }\n');
    expect(await sync()).toBe(0);
    expect(await rows()).toMatchObject([{ cron: '0 7 * * *', timezone: 'UTC', catch_up: 'latest' }]);
    rmSync(join(folder.path, 'pipelines', 'a.yaml'));
    await sync();
    expect(await rows()).toEqual([]);
  });

  it('fire once for each slot, however many servers look at the same time', async () => {
    for (let index = 0; index < 30; index++) write(`p${index}`, 'schedule: { cron: "* * * * *" }\n');
    await sync();
    const minute = Math.floor(Date.now() / 60_000) * 60_000;
    await store.db.updateTable('schedules').set({ next_at: minute }).execute();
    const servers = store.dialect === 'sqlite' ? [store, store] : [store, await made.openAgain()];
    const fired = await Promise.all([...servers, ...servers].map((server) => fireDue(server)));
    expect(fired.reduce((sum, count) => sum + count)).toBe(30);
    const runs = await listRunRecords(store, { limit: 100 });
    expect(new Set(runs.map(({ pipeline }) => pipeline)).size).toBe(30);
    expect(runs[0]).toMatchObject({
      state: 'queued',
      startedBy: { kind: 'schedule' },
      slotAt: new Date(minute).toISOString(),
    });
    // A server that was set back to before the slot was fired: the slot stands for itself.
    await store.db.updateTable('schedules').set({ next_at: minute }).execute();
    await fireDue(store);
    expect(await listRunRecords(store, { limit: 100 })).toHaveLength(30);
    expect((await rows()).every(({ next_at: next }) => next !== null && next > minute)).toBe(true);
  });

  it('do not fire while they are paused', async () => {
    write('a', 'schedule: { cron: "* * * * *" }\n');
    await sync();
    await store.db.updateTable('schedules').set({ paused_at: Date.now() }).execute();
    await makeDue(120_000);
    expect(await fireDue(store)).toBe(0);
    await sync();
    expect(await rows()).toMatchObject([{ paused_at: expect.any(Number) }]);
  });
});
