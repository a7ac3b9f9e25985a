import { DEFAULT_CONTRACT } from '@millrace/compiler';
import type { CheckResult, LoadTask, Plan } from '@millrace/compiler';
import { foldRun } from '@millrace/engine';
import type { RunEvent, RunEventBody } from '@millrace/engine';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Store } from '../store/open-store.ts';
import { testStores, type TestStore } from '../store/testing/test-stores.ts';
import { recordQuery } from '../warehouse/query-store.ts';
import type { DatasetRow } from './catalogue-schema.ts';
import { readCheckHistory } from './read-check-history.ts';
import { readUsage, readVersions } from './read-dataset.ts';
import { readDatasets, readDatasetTables } from './read-datasets.ts';
import { registerDatasets } from './register-datasets.ts';
import { registerRollback } from './save-version.ts';

const START = Date.parse('2026-03-02T00:00:00Z');
const HOUR_MS = 3_600_000;

const task: LoadTask = {
  kind: 'load',
  id: 'publish:orders',
  sourceStep: 'orders',
  destinationStep: 'publish',
  source: {
    connection: 'shop',
    connector: 'a',
    table: {
      table: { name: 'orders' },
      kind: 'table',
      fields: [],
      key: ['id'],
      indexedColumns: [],
      estimatedRows: null,
      estimatedBytes: null,
      cursorCandidates: [],
      notes: [],
    },
    fields: [],
    schemaFingerprint: 's',
  },
  load: { kind: 'full' },
  columns: ['id', 'total'].map((name) => ({
    field: { name, type: { kind: 'string' }, nullable: name !== 'id' },
    origin: { kind: 'source', column: name },
  })),
  contract: DEFAULT_CONTRACT,
  quarantine: { maxRows: 1, maxShare: 0 },
  destination: {
    connection: 'warehouse',
    connector: 'b',
    table: { schema: 'raw', name: 'orders' },
    mode: 'merge',
    deletes: 'hard',
    key: ['id'],
  },
};

const plan: Plan = {
  version: 1,
  pipeline: 'p',
  documentFingerprint: 'd',
  fingerprint: 'f',
  tasks: [task],
  steps: [],
};

const check: CheckResult = {
  check: 'notNull',
  name: 'notNull(total)',
  status: 'failed',
  action: 'none',
  severity: 'high',
  columns: ['total'],
  failingRows: '3',
  observed: '3 rows',
  expected: 'none',
  measure: 3,
  message: 'orders.total is NULL in 3 rows.',
  examples: [],
};

let made: TestStore;
let store: Store;
let runs = 0;

/** Registers a run of which these events are told; the id of the run. */
async function register(bodies: readonly RunEventBody[], anomalies = 0): Promise<string> {
  const runId = `r${++runs}`;
  const at = START + runs * HOUR_MS;
  const events = [
    { type: 'runStarted', pipeline: 'p', planFingerprint: 'f', tasks: [task.id], tables: {} } as const,
    ...bodies,
  ].map((body): RunEvent => ({ at: new Date(at).toISOString(), runId, attempt: 1, ...body }));
  const found = Array.from({ length: anomalies }, () => ({ task: task.id }));
  await registerDatasets(store.db, plan, { ...foldRun(events), runId }, found, at);
  return runId;
}

function published(version: number, mode: 'full' | 'incremental', inserted: number, deleted = 0) {
  return [
    { type: 'taskStarted', task: task.id, mode, reason: '' },
    {
      type: 'taskPublished',
      task: task.id,
      record: {
        runId: `r${runs + 1}`,
        fenceToken: 1,
        version,
        position: {},
        publishedAt: new Date(START + (runs + 1) * HOUR_MS).toISOString(),
        rows: inserted,
        schemaFingerprint: 's',
      },
      rowsRead: inserted,
      bytesRead: 0,
      rowsInserted: inserted,
      rowsUpdated: 0,
      rowsDeleted: deleted,
      quarantined: 0,
      durationMs: 1,
      isAdopted: false,
    },
  ] as const satisfies readonly RunEventBody[];
}

async function dataset(): Promise<DatasetRow> {
  const [found] = await readDatasets(store);
  if (found === undefined) throw new Error('There is no dataset.');
  return found.row;
}

describe.each(testStores)('the catalogue in a store in $name', ({ create }) => {
  beforeEach(async () => {
    runs = 0;
    made = await create();
    store = made.store;
  });
  afterEach(() => made[Symbol.asyncDispose]());

  it('counts what publications bring and take, and keeps each as a version', async () => {
    expect(await readDatasetTables(store, 'warehouse')).toEqual([]);
    await register(published(1, 'full', 100));
    await register(published(2, 'incremental', 10, 4));
    await register([{ type: 'taskUnchanged', task: task.id, durationMs: 1 }]);
    expect(await dataset()).toMatchObject({
      name: 'raw.orders',
      version: 2,
      row_count: 106,
      outcome: 'unchanged',
      published_at: START + 2 * HOUR_MS,
      checked_at: START + 3 * HOUR_MS,
    });
    expect(await readDatasetTables(store, 'warehouse')).toEqual([{ schema: 'raw', name: 'orders' }]);
    expect(await readVersions(store, await dataset())).toMatchObject([
      { version: 2, rows: 106, isCurrent: true },
      { version: 1, rows: 100, isCurrent: false },
    ]);
  });

  it('says what the last run found, without forgetting what is there', async () => {
    const error = { code: 'connectionLost', blame: 'source', retry: 'backoff', message: 'gone' } as const;
    await register([{ type: 'taskFailed', task: task.id, error }]);
    expect(await readDatasets(store)).toEqual([]);
    await register(published(1, 'full', 100), 2);
    expect(await dataset()).toMatchObject({ concerns: 2, outcome: 'published' });
    await register([{ type: 'taskFailed', task: task.id, error }]);
    expect(await dataset()).toMatchObject({ outcome: 'failed', reason: 'gone', version: 1, row_count: 100 });
  });

  it('takes in a run that found nothing new in many tables, and says of each what it finds now', async () => {
    const tasks = Array.from({ length: 1100 }, (_, index): LoadTask => {
      const table = { schema: 'raw', name: `t${index}` };
      return { ...task, id: `all:t${index}`, destination: { ...task.destination, table } };
    });
    const error = { code: 'connectionLost', blame: 'source', retry: 'backoff', message: 'gone' } as const;
    const run = async (runId: string, at: number, failing: number | undefined) => {
      const bodies = tasks.map(({ id }, index): RunEventBody =>
        index === failing
          ? { type: 'taskFailed', task: id, error }
          : { type: 'taskUnchanged', task: id, durationMs: 1 },
      );
      const started = { type: 'runStarted', pipeline: 'p', planFingerprint: 'f', tables: {} } as const;
      const events = [{ ...started, tasks: tasks.map(({ id }) => id) }, ...bodies].map((body): RunEvent => ({
        at: new Date(at).toISOString(),
        runId,
        attempt: 1,
        ...body,
      }));
      const state = { ...foldRun(events), runId };
      await store.db.transaction().execute((db) => registerDatasets(db, { ...plan, tasks }, state, [], at));
      return (await readDatasets(store)).map(({ row }) => row).toSorted(byName);
    };
    const byName = (left: DatasetRow, right: DatasetRow) => (left.name < right.name ? -1 : 1);
    const first = await run('r1', START, undefined);
    expect(first).toHaveLength(1100);
    const second = await run('r2', START + HOUR_MS, 7);
    const looked = { checked_at: START + HOUR_MS, run_id: 'r2' };
    expect(second).toEqual(
      first.map((row) =>
        row.name === 'raw.t7'
          ? { ...row, run_id: 'r2', outcome: 'failed', reason: 'gone' }
          : { ...row, ...looked },
      ),
    );
    const third = await run('r3', START + 2 * HOUR_MS, undefined);
    expect(third).toEqual(first.map((row) => ({ ...row, checked_at: START + 2 * HOUR_MS, run_id: 'r3' })));
  });

  it('keeps what checks found, once for each run', async () => {
    const checked = { type: 'tableChecked', task: task.id, step: 'orders', results: [check] } as const;
    await register([checked, ...published(1, 'full', 5)]);
    await register([{ ...checked, results: [{ ...check, status: 'passed' }] }]);
    runs--;
    await register([checked]);
    const [history] = await readCheckHistory(store, 'p');
    expect(history).toMatchObject({ step: 'orders', result: { status: 'passed' } });
    expect(history?.history.map(({ status }) => status)).toEqual(['failed', 'passed']);
    expect(await readCheckHistory(store, 'another')).toEqual([]);
  });

  it('takes a rollback in as a version of its own', async () => {
    await register(published(1, 'full', 100));
    await register(published(2, 'full', 7));
    const record = { ...published(3, 'full', 100)[1].record, publishedAt: '2026-03-03T00:00:00.000Z' };
    const ref = { connection: 'warehouse', name: 'raw.orders', runId: 'back' };
    await registerRollback(store, ref, { record, rows: 100, restoredRunId: 'r1' });
    expect(await dataset()).toMatchObject({ version: 3, row_count: 100, run_id: 'back' });
    const [newest] = await readVersions(store, await dataset());
    expect(newest).toMatchObject({ version: 3, runId: 'back', restoredRun: 'r1', isCurrent: true });
  });

  it('tells who asked a dataset lately', async () => {
    await register(published(1, 'full', 100));
    const ask = (id: number, caller: string): Promise<void> =>
      recordQuery(
        store,
        {
          query_id: `${caller}-${id}`,
          caller_id: caller,
          caller,
          connection: 'warehouse',
          statement: 'FROM raw.orders',
          started_at: START + id,
          duration_ms: 1,
          state: 'succeeded',
          row_count: 1,
          reason: null,
        },
        [{ schema: 'raw', name: 'orders' }],
      );
    for (let id = 1; id <= 3; id++) await ask(id, 'ann');
    await ask(9, 'bob');
    expect(await readUsage(store, await dataset(), START + HOUR_MS)).toEqual({
      queries: 4,
      lastAt: new Date(START + 9).toISOString(),
      people: [
        { name: 'ann', queries: 3 },
        { name: 'bob', queries: 1 },
      ],
    });
    expect(await readUsage(store, await dataset(), START + 40 * 24 * HOUR_MS)).toMatchObject({ queries: 0 });
  });
});
