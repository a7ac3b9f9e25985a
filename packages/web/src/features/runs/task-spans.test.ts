import { describe, expect, it } from 'vitest';

import { taskSpans } from './task-spans.ts';
import type { RunEvent } from './use-run-events.ts';

const START = Date.UTC(2026, 0, 1);
const at = (seconds: number, attempt = 1) => ({
  at: new Date(START + seconds * 1000).toISOString(),
  runId: 'r',
  attempt,
});
const started = (seconds: number, attempt = 1): RunEvent => ({
  ...at(seconds, attempt),
  type: 'runStarted',
  pipeline: 'p',
  planFingerprint: 'f',
  tasks: ['a', 'b'],
  tables: { a: 'mart.a' },
});
const error = { code: 'connectionLost', blame: 'source', retry: 'backoff', message: 'gone' } as const;

const shape = (events: readonly RunEvent[]) =>
  taskSpans(events).map(({ task, title, spans }) => [
    task,
    title,
    ...spans.map(({ kind, start, end }) => [
      kind,
      (start - START) / 1000,
      end === null ? null : (end - START) / 1000,
    ]),
  ]);

describe('taskSpans', () => {
  it('tells waiting, running and waiting to try again apart', () => {
    expect(
      shape([
        started(0),
        { ...at(1), type: 'taskStarted', task: 'a', mode: 'full', reason: '' },
        { ...at(3), type: 'taskRetrying', task: 'a', try: 1, error, afterMs: 1000 },
        { ...at(5), type: 'taskStarted', task: 'a', mode: 'full', reason: '' },
        { ...at(9), type: 'taskUnchanged', task: 'a', durationMs: 1 },
      ]),
    ).toEqual([
      ['a', 'mart.a', ['waiting', 0, 1], ['running', 1, 3], ['retrying', 3, 5], ['running', 5, 9]],
      ['b', 'b', ['waiting', 0, null]],
    ]);
  });

  it('goes on with what an attempt left, and not with what it got done', () => {
    expect(
      shape([
        started(0),
        { ...at(1), type: 'taskStarted', task: 'a', mode: 'full', reason: '' },
        { ...at(2), type: 'taskUnchanged', task: 'a', durationMs: 1 },
        { ...at(2), type: 'taskStarted', task: 'b', mode: 'full', reason: '' },
        { ...at(3), type: 'taskFailed', task: 'b', error },
        started(10, 2),
        { ...at(11, 2), type: 'taskStarted', task: 'b', mode: 'full', reason: '' },
        { ...at(14, 2), type: 'runFinished', state: 'cancelled', durationMs: 1 },
      ]),
    ).toEqual([
      ['a', 'mart.a', ['waiting', 0, 1], ['running', 1, 2]],
      ['b', 'b', ['waiting', 0, 2], ['running', 2, 3], ['waiting', 10, 11], ['running', 11, 14]],
    ]);
  });
});
