import { describe, expect, it } from 'vitest';

import type { RunGraphNode } from '@millrace/control-plane';

import { relationRows, stepRuns } from './step-runs.ts';
import { watchedTasks } from './watched-tasks.ts';

type Task = Parameters<typeof watchedTasks>[0][number];

function task(id: string, state: Task['state'], rows = 0, known: Partial<Task> = {}): Task {
  return {
    task: id,
    source: id,
    table: id,
    connection: 'warehouse',
    mode: 'full',
    write: 'replace',
    state,
    rows,
    bytes: 0,
    estimatedRows: null,
    rowsInserted: 0,
    rowsUpdated: 0,
    rowsDeleted: 0,
    quarantined: 0,
    durationMs: null,
    version: null,
    verified: null,
    anomalies: [],
    measures: null,
    checks: [],
    drift: null,
    discarded: { rows: 0, values: 0 },
    pausedBecause: null,
    parted: null,
    error: null,
    ...known,
  };
}

function node(id: string, steps: readonly string[], tasks: readonly string[], own?: string): RunGraphNode {
  return { id, kind: 'step', title: id, detail: '', steps, tasks, own: own ?? null };
}

/** orders (checked) → paid → the table; customers are replicated with another one. */
const NODES = [
  node('relation:orders.~rows', ['orders'], ['land'], 'land'),
  node('relation:orders', ['orders'], ['check'], 'check'),
  node('relation:paid', ['paid'], ['publish']),
  node('relation:used/inner', ['used'], ['publish'], 'check'),
  node('task:publish', ['publish'], ['publish'], 'publish'),
  node('task:a', ['shop'], ['a'], 'a'),
  node('task:b', ['shop'], ['b'], 'b'),
];

function watched(tasks: readonly Task[], progress: Parameters<typeof watchedTasks>[1] = new Map()) {
  return new Map(watchedTasks(tasks, progress).map((each) => [each.task, each]));
}

describe('the steps of a run', () => {
  it('stand where their tables stand, with what was counted of their own rows', () => {
    const tasks = watched(
      [
        task('land', 'published', 500, { durationMs: 1_000 }),
        task('check', 'published', 480, { durationMs: 2_000 }),
        task('publish', 'running', 10, { estimatedRows: 400 }),
        task('a', 'published', 7),
        task('b', 'failed'),
      ],
      new Map([['publish', { rows: 100, bytes: 0, estimatedRows: 400, rowsPerSecond: 50 }]]),
    );
    const graph = { nodes: NODES, edges: [] };
    const runs = stepRuns({ graph, finishedAt: null }, tasks);
    expect(runs.get('orders')).toEqual({ state: 'published', rows: 480, rowsPerSecond: 240, share: null });
    // Its rows are computed within the table that reads them, which has not counted them yet.
    expect(runs.get('paid')).toEqual({ state: 'running', rows: null, rowsPerSecond: null, share: null });
    expect(runs.get('used')).toMatchObject({ state: 'running', rows: null });
    expect(runs.get('publish')).toEqual({ state: 'running', rows: 100, rowsPerSecond: 50, share: 0.25 });
    expect(runs.get('shop')).toMatchObject({ state: 'failed', rows: 7 });
    expect([...relationRows({ graph, finishedAt: null }, tasks)]).toContainEqual(['orders', 480]);
  });

  it('have the rows that were counted for the table that reads them', () => {
    const measures = {
      steps: ['paid'],
      counts: [{ step: 'paid', rowsIn: 480, rowsOut: 300, leftOut: 180 }],
      rowsIn: 480,
      rowsOut: 12,
      bytesIn: 0,
      bytesOut: 0,
      durationMs: 5,
      cpuMs: null,
      peakMemoryBytes: null,
      spilledBytes: null,
    };
    const tasks = watched([task('publish', 'published', 12, { measures })]);
    const run = { graph: { nodes: NODES, edges: [] }, finishedAt: '2026-11-21T00:00:00.000Z' };
    expect(stepRuns(run, tasks).get('paid')).toMatchObject({ state: 'published', rows: 300 });
    expect(relationRows(run, tasks).get('paid')).toBe(300);
  });

  it('are left out where a run that is over left them alone', () => {
    const tasks = watched([
      task('land', 'waiting'),
      task('check', 'waiting'),
      task('publish', 'published', 3),
    ]);
    const graph = { nodes: NODES, edges: [] };
    const finishedAt = '2026-11-21T00:00:00.000Z';
    expect([...stepRuns({ graph, finishedAt }, tasks).keys()]).toEqual(['paid', 'used', 'publish']);
    expect(relationRows({ graph, finishedAt }, tasks).has('orders')).toBe(false);
  });
});
