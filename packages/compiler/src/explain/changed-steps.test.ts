import { describe, expect, it } from 'vitest';

import { SALES } from '../cases/steps-fixture.ts';
import type { LoadTask, Plan } from '../plan.ts';
import { changedSteps } from './changed-steps.ts';

const editTask = (id: string, edit: (task: LoadTask) => LoadTask): Plan => ({
  ...SALES,
  tasks: SALES.tasks.map((task) => (task.id === id ? edit(task) : task)),
});

describe('changedSteps', () => {
  it('names nothing of what is the same', () => {
    expect(changedSteps(SALES, SALES)).toEqual([]);
  });

  it('names a step that makes other rows, and not those that follow it', () => {
    const steps = SALES.steps.map((step) =>
      step.ref === 'paid' ? { ...step, sql: `${step.sql} AND true` } : step,
    );
    expect(changedSteps(SALES, { ...SALES, steps })).toEqual(['paid']);
  });

  it('names a source that reads another table with the same columns', () => {
    const changed = editTask('orders (kept here)', (task) => ({
      ...task,
      source: { ...task.source, table: { ...task.source.table, table: { name: 'archive' } } },
    }));
    expect(changedSteps(SALES, changed)).toEqual(['orders']);
  });

  it('names a destination that writes otherwise, and not one whose rows are made anew', () => {
    const id = 'publishTotals:totals';
    const appended = editTask(id, (task) => ({
      ...task,
      destination: { ...task.destination, mode: 'append' },
    }));
    expect(changedSteps(SALES, appended)).toEqual([id]);
    const anew = editTask(id, (task) =>
      task.load.kind === 'steps' ? { ...task, load: { ...task.load, fingerprint: 'another' } } : task,
    );
    expect(changedSteps(SALES, anew)).toEqual([]);
  });

  it('does not name a step that replicates because a table appeared at its source', () => {
    const [log] = SALES.tasks;
    if (log === undefined) throw new Error('The plan of the test has a log.');
    const replicated = (...names: readonly string[]): Plan => ({
      ...SALES,
      steps: [],
      tasks: names.map((name) => ({
        ...log,
        id: `shop:${name}`,
        sourceStep: 'shop',
        destinationStep: 'shop',
        source: { ...log.source, table: { ...log.source.table, table: { name } } },
        destination: { ...log.destination, table: { schema: 'raw', name } },
      })),
    });
    expect(changedSteps(replicated('log'), replicated('log', 'orders'))).toEqual([]);
    const into = replicated('log');
    const other = into.tasks.map((task) => ({
      ...task,
      destination: { ...task.destination, table: { schema: 'other', name: 'log' } },
    }));
    expect(changedSteps(into, { ...into, tasks: other })).toEqual(['shop']);
    expect(changedSteps(SALES, into)).toEqual(['shop']);
  });
});
