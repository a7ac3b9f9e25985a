import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { DEFAULT_CONTRACT } from '@millrace/compiler';
import type { ColumnProfile, DatasetProfile, LoadTask, Plan } from '@millrace/compiler';
import { foldRun } from '@millrace/engine';
import type { RunEvent, RunEventBody, TaskMeasures } from '@millrace/engine';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { claimLease } from '../lease/lease.ts';
import type { Lease } from '../lease/lease.ts';
import { createRun } from '../runs/insert-runs.ts';
import { finishRun } from '../runs/run-transitions.ts';
import { openStore } from '../store/open-store.ts';
import type { Store } from '../store/open-store.ts';
import { estimateTables } from './estimate-tables.ts';
import { judgeTables } from './judge-tables.ts';
import type { FoundAnomaly } from './judge-tables.ts';
import { readMeasures, saveMeasures } from './table-history.ts';

const HOUR_MS = 3_600_000;
const START = Date.parse('2026-03-02T00:00:00Z');

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
      indexedColumns: ['id'],
      estimatedRows: null,
      estimatedBytes: null,
      cursorCandidates: [],
      notes: [],
    },
    fields: [],
    schemaFingerprint: 's',
  },
  load: { kind: 'full' },
  columns: ['id', 'total', 'at'].map((name) => ({
    field: { name, type: { kind: 'string' }, nullable: name !== 'id' },
    origin: { kind: 'source', column: name },
  })),
  contract: DEFAULT_CONTRACT,
  quarantine: { maxRows: 1, maxShare: 0 },
  destination: {
    connection: 'warehouse',
    connector: 'b',
    table: { schema: 'raw', name: 'orders' },
    mode: 'replace',
    deletes: 'ignore',
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

let folder: string;
let store: Store;
let lease: Lease;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-history-'));
  store = await openStore(join(folder, 'state.db'));
  const claimed = await claimLease(store, 'pipeline:p', 'host/boot/1/1');
  if (!claimed.isGranted) throw new Error('not granted');
  lease = claimed.lease;
});

afterEach(async () => {
  await store[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

interface Load {
  readonly rows?: number;
  readonly nulls?: number;
  readonly mean?: number;
  readonly ageHours?: number;
  readonly seconds?: number;
  readonly mode?: 'full' | 'incremental';
  readonly isUnchanged?: boolean;
}

/** Runs are an hour apart. */
async function load(index: number, load: Load = {}): Promise<readonly FoundAnomaly[]> {
  const { seconds = 3, mode = 'full', isUnchanged = false } = load;
  const { rows = isUnchanged ? 0 : 1000 + (index % 5) } = load;
  const at = START + index * HOUR_MS;
  const runId = `r${String(index).padStart(4, '0')}`;
  await createRun(store, lease, {
    runId,
    plan,
    options: { isFullRefresh: false, isVerified: false, tables: [] },
  });
  await finishRun(store, lease, runId, 'succeeded', null);
  const measures: TaskMeasures = {
    steps: [],
    rowsIn: rows,
    rowsOut: rows,
    bytesIn: 10 * rows,
    bytesOut: 5 * rows,
    durationMs: seconds * 1000,
    cpuMs: null,
    peakMemoryBytes: null,
    spilledBytes: null,
  };
  const bodies: RunEventBody[] = [
    { type: 'runStarted', pipeline: 'p', planFingerprint: 'f', tasks: [task.id], tables: {} },
    { type: 'taskStarted', task: task.id, mode, reason: '' },
    { type: 'taskMeasured', task: task.id, ...measures },
    isUnchanged
      ? { type: 'taskUnchanged', task: task.id, durationMs: 5 }
      : {
          type: 'taskPublished',
          task: task.id,
          record: {
            runId,
            fenceToken: 1,
            version: index,
            position: {},
            publishedAt: '',
            rows,
            schemaFingerprint: '',
          },
          rowsRead: rows,
          bytesRead: 10 * rows,
          rowsInserted: rows,
          rowsUpdated: 0,
          rowsDeleted: 0,
          quarantined: 0,
          durationMs: seconds * 1000,
          isAdopted: false,
        },
  ];
  const events = bodies.map((body): RunEvent => ({ at: '', runId, attempt: 1, ...body }));
  const profiles = isUnchanged ? [] : [[task.id, profileOf(at, rows, load)] as const];
  const { measured, anomalies } = await judgeTables(store, plan, foldRun(events), new Map(profiles), at);
  await saveMeasures(store.db, { runId, pipeline: plan.pipeline, at }, measured);
  return anomalies;
}

function profileOf(at: number, rows: number, { nulls, mean, ageHours = 1 }: Load): DatasetProfile {
  const column = (name: string, type: string, own: Partial<ColumnProfile>): ColumnProfile => ({
    name,
    type,
    nulls: '0',
    nonFinite: null,
    distinct: { count: '50', isExact: false },
    min: null,
    max: null,
    mean: null,
    deviation: null,
    quantiles: [],
    lengths: null,
    top: [],
    shapes: [],
    histogram: null,
    ...own,
  });
  const newest = new Date(at - ageHours * HOUR_MS).toISOString().replace('T', ' ').replace('Z', '');
  return {
    rows: String(rows),
    sampledRows: String(rows),
    columns: [
      column('id', 'int64', { mean: rows / 2, distinct: { count: String(rows), isExact: true } }),
      column('total', 'decimal(10, 2)', { mean: mean ?? 20 + (rows % 3) / 10, nulls: String(nulls ?? 10) }),
      column('at', 'timestamp', { max: newest }),
    ],
  };
}

async function loadMany(count: number, each: Load = {}): Promise<readonly FoundAnomaly[]> {
  const found: FoundAnomaly[] = [];
  for (let index = 0; index < count; index++) found.push(...(await load(index, each)));
  return found;
}

describe('judgeTables', () => {
  it('learns from the first 14 runs, whatever they are', async () => {
    expect(await loadMany(13)).toEqual([]);
    expect(await load(13, { rows: 5 })).toEqual([]);
  });

  it('finds nothing in healthy runs, and what is unusual after them', async () => {
    expect(await loadMany(60)).toEqual([]);
    const found = await load(60, { rows: 200, nulls: 100, mean: 90, ageHours: 30, seconds: 60 });
    expect(found.map(({ metric, column }) => [metric, column])).toEqual([
      ['rowCount', null],
      ['duration', null],
      ['freshness', null],
      ['nullShare', 'total'],
      ['distribution', 'total'],
    ]);
    expect(found.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^raw\.orders: 200 rows, \d+ % below the /),
      expect.stringMatching(/^raw\.orders: 60 s run time, /),
      expect.stringMatching(/^raw\.orders: the newest row is 30\.0 h old, /),
      expect.stringMatching(/^raw\.orders\.total: 50\.0 % NULLs, /),
      expect.stringMatching(/^raw\.orders\.total: a mean of 90, /),
    ]);
    // What was unusual is no part of what is expected.
    expect(await load(61)).toEqual([]);
    expect(await load(62, { rows: 200, nulls: 2 })).toMatchObject([{ metric: 'rowCount' }]);
  });

  it('does not compare changed rows with whole tables', async () => {
    await loadMany(30);
    expect(await load(30, { rows: 7, mode: 'incremental' })).toEqual([]);
  });

  it('notices that changes stopped to come, and that the data grows old', async () => {
    await loadMany(60, { mode: 'incremental' });
    const quiet = { mode: 'incremental', isUnchanged: true } as const;
    expect((await load(60, quiet)).map(({ metric }) => metric)).toContain('rowCount');
    const late = await load(70, quiet);
    expect(late.map(({ metric }) => metric)).toEqual(['rowCount', 'freshness']);
  });

  it('keeps figures for estimates, of loads of the same kind', async () => {
    await loadMany(5, { rows: 1000 });
    await load(5, { rows: 30, mode: 'incremental', seconds: 1 });
    const preview = (mode: 'full' | 'incremental') => [
      { task: task.id, mode, reason: '', statement: null, differences: [], drift: null, publishedVersion: 1 },
    ];
    expect(await estimateTables(store, plan, preview('full'))).toEqual([
      { task: task.id, runs: 5, rows: 1000, bytes: 5000, durationMs: 3000 },
    ]);
    expect(await estimateTables(store, plan, preview('incremental'))).toMatchObject([
      { runs: 1, rows: 30, bytes: 150, durationMs: 1000 },
    ]);
    const history = await readMeasures(store, { pipeline: 'p', task: task.id, scope: 'table' }, 100);
    expect(history.map(({ rows }) => rows)).toEqual([1000, 1000, 1000, 1000, 1000]);
  });
});
