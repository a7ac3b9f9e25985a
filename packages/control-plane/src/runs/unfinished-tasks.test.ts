import { LANDING, STEPS, type LoadTask, type Plan } from '@millrace/compiler';
import type { RunEvent } from '@millrace/engine';
import { describe, expect, it } from 'vitest';

import { unfinishedTasks, withThoseBehind } from './unfinished-tasks.ts';

/** Of tasks and steps, what says where rows come from and go. */
function task(id: string, from: string, into: string, write = 'replace'): LoadTask {
  const isStep = !from.startsWith('shop.');
  return {
    id,
    source: { connection: isStep ? STEPS : 'shop', table: { table: { name: from } } },
    destination: {
      connection: into.startsWith('mart.') ? 'warehouse' : LANDING,
      table: { name: into },
      mode: write,
    },
  } as LoadTask;
}

const plan = {
  version: 1,
  pipeline: 'p',
  documentFingerprint: 'd',
  fingerprint: 'f',
  tasks: [
    task('orders', 'shop.orders', 'orders'),
    task('items', 'shop.items', 'items'),
    task('kept', 'joined', 'joined'),
    task('all', 'orders', 'mart.orders'),
    task('sums', 'summed', 'mart.sums'),
  ],
  steps: [
    { ref: 'joined', inputs: [{ ref: 'orders' }, { ref: 'items' }] },
    { ref: 'summed', inputs: [{ ref: 'joined' }] },
  ],
} as object as Plan;

const events = (done: readonly string[], failed: readonly string[] = []): readonly RunEvent[] => {
  const base = { at: '2026-01-01T00:00:00.000Z', runId: 'r', attempt: 1 };
  const error = { code: 'internal', blame: 'source', retry: 'never', message: '' } as const;
  return [
    {
      ...base,
      type: 'runStarted',
      pipeline: 'p',
      planFingerprint: 'f',
      tasks: [...done, ...failed],
      tables: {},
    },
    ...done.map((id) => ({ ...base, type: 'taskUnchanged' as const, task: id, durationMs: 1 })),
    ...failed.map((id) => ({ ...base, type: 'taskFailed' as const, task: id, error })),
  ];
};
const ids = (tasks: readonly LoadTask[]) => tasks.map(({ id }) => id);

describe('unfinishedTasks', () => {
  it('are those that were not done, with what is made of them', () => {
    const earlier = { plan, events: events(['orders', 'all'], ['items']) };
    expect(ids(unfinishedTasks(plan, [earlier]))).toEqual(['items', 'kept', 'sums']);
  });

  it('are fewer after each run of a chain', () => {
    const first = { plan, events: events(['orders', 'all'], ['items', 'kept', 'sums']) };
    const second = { plan, events: events(['items', 'kept'], ['sums']) };
    expect(ids(unfinishedTasks(plan, [first, second]))).toEqual(['sums']);
  });

  it('count what the document says otherwise now as not done', () => {
    const changed = {
      ...plan,
      tasks: plan.tasks.map((each) =>
        each.id === 'all' ? task('all', 'orders', 'mart.orders', 'append') : each,
      ),
    };
    const earlier = { plan, events: events(['orders', 'items', 'kept', 'all', 'sums']) };
    expect(ids(unfinishedTasks(changed, [earlier]))).toEqual(['all']);
  });

  it('can be chosen: a task and what is made of its rows', () => {
    expect(ids(withThoseBehind(plan, plan.tasks.slice(0, 1)))).toEqual(['orders', 'kept', 'all', 'sums']);
  });
});
