import { describe, expect, it } from 'vitest';

import { foldRun } from './fold-run.ts';
import type { RunEvent, RunEventBody } from './run-event.ts';

const record = {
  runId: 'r1',
  fenceToken: 1,
  version: 1,
  position: {},
  publishedAt: '2026-01-01T00:00:00Z',
  rows: 2,
  schemaFingerprint: 'f',
};
const lost = { code: 'connectionLost', blame: 'source', retry: 'backoff', message: 'gone' } as const;

function event(body: RunEventBody, attempt = 1): RunEvent {
  return { at: '2026-01-01T00:00:00Z', runId: 'r1', attempt, ...body };
}

const started = (attempt = 1) =>
  event({ type: 'runStarted', pipeline: 'p', planFingerprint: 'x', tasks: ['a', 'b'], tables: {} }, attempt);
const published = (task: string, attempt = 1) =>
  event(
    {
      type: 'taskPublished',
      task,
      record,
      rowsRead: 2,
      bytesRead: 20,
      rowsInserted: 2,
      rowsUpdated: 0,
      rowsDeleted: 0,
      quarantined: 0,
      durationMs: 5,
      isAdopted: false,
    },
    attempt,
  );

describe('foldRun', () => {
  it('is waiting before anything happened', () => {
    expect(foldRun([])).toMatchObject({ status: 'waiting', attempt: 0, totals: { rows: 0, unfinished: 0 } });
  });

  it('keeps what a task took, and what was unusual in it after it was published', () => {
    const measures = {
      steps: ['paid'],
      rowsIn: 3,
      rowsOut: 2,
      bytesIn: 30,
      bytesOut: 20,
      durationMs: 4,
      cpuMs: 1,
      peakMemoryBytes: 5,
      spilledBytes: 0,
    };
    const anomaly = {
      metric: 'rowCount',
      column: null,
      value: 2,
      low: 10,
      high: 20,
      message: 'few rows',
    } as const;
    const state = foldRun([
      started(),
      event({ type: 'taskMeasured', task: 'a', ...measures }),
      published('a'),
      event({ type: 'anomalyFound', task: 'a', ...anomaly }),
    ]);
    expect(state.tasks.get('a')).toMatchObject({ status: 'published', measures, anomalies: [anomaly] });
  });

  it('adds up published, unchanged and failed tasks', () => {
    const state = foldRun([
      started(),
      published('a'),
      event({ type: 'taskFailed', task: 'b', error: lost }),
      event({ type: 'runFinished', state: 'failed', durationMs: 9 }),
    ]);
    expect(state.status).toBe('failed');
    expect(state.totals).toEqual({
      rows: 2,
      bytes: 20,
      paused: 0,
      quarantined: 0,
      published: 1,
      unchanged: 0,
      failed: 1,
      unfinished: 0,
    });
  });

  it('keeps terminal states terminal', () => {
    const state = foldRun([
      started(),
      event({ type: 'runFinished', state: 'cancelled', durationMs: 1 }),
      started(2),
      published('a', 2),
    ]);
    expect(state.status).toBe('cancelled');
    expect(state.attempt).toBe(1);
    expect(state.tasks.get('a')?.status).toBe('cancelled');
  });

  it('ignores late events of an earlier attempt', () => {
    const state = foldRun([started(), started(2), event({ type: 'taskFailed', task: 'a', error: lost }, 1)]);
    expect(state.tasks.get('a')?.status).toBe('waiting');
  });

  it('starts unfinished tasks again in the next attempt and keeps published ones', () => {
    const state = foldRun([
      started(),
      published('a'),
      event({ type: 'taskFailed', task: 'b', error: lost }),
      started(2),
    ]);
    expect(state.tasks.get('a')?.status).toBe('published');
    expect(state.tasks.get('b')?.status).toBe('waiting');
  });

  it('keeps what is published, and why it could not be verified', () => {
    const failed = [started(), published('a'), event({ type: 'taskFailed', task: 'a', error: lost })];
    expect(foldRun(failed).tasks.get('a')).toMatchObject({
      status: 'published',
      verified: null,
      error: lost,
    });
    const found = {
      isEqual: true,
      rows: 2,
      onlySource: 0,
      onlyDestination: 0,
      differing: 0,
      changedSince: 0,
    };
    const verified = event(
      { type: 'taskVerified', task: 'a', ...found, examples: [], statement: 'equal' },
      2,
    );
    const state = foldRun([...failed, started(2), published('a', 2), verified]);
    expect(state.tasks.get('a')).toMatchObject({
      status: 'published',
      verified: { isEqual: true },
      error: null,
    });
  });

  it('counts tries and shows the reason while retrying', () => {
    const begin = event({ type: 'taskStarted', task: 'a', mode: 'full', reason: 'first load' });
    const state = foldRun([
      started(),
      begin,
      event({ type: 'taskRetrying', task: 'a', try: 1, error: lost, afterMs: 10 }),
    ]);
    expect(state.tasks.get('a')).toMatchObject({
      status: 'retrying',
      tries: 1,
      error: { code: 'connectionLost' },
    });
    expect(foldRun([started(), begin, begin]).tasks.get('a')?.tries).toBe(2);
  });
});
