import { describe, expect, it } from 'vitest';

import { SALES } from './cases/steps-fixture.ts';
import { narrowPlan } from './narrow-plan.ts';

function tasksOf(...names: readonly string[]): readonly string[] {
  return narrowPlan(SALES, (name) => names.includes(name)).tasks.map(({ id }) => id);
}

describe('narrowPlan', () => {
  it('takes along what a table that is written from steps needs', () => {
    expect(tasksOf('mart.totals')).toEqual([
      'orders (kept here)',
      'customers (kept here)',
      'enriched (kept here)',
      'publishTotals:totals',
    ]);
    expect(tasksOf('totals')).toEqual(tasksOf('mart.totals'));
  });

  it('takes a source that steps read with everything that is made of it', () => {
    const all = SALES.tasks.map(({ id }) => id).filter((id) => id !== 'publishLog:log');
    expect(tasksOf('shop.orders')).toEqual(all);
    expect(tasksOf('customers')).toEqual(all);
  });

  it('leaves tables that go from one connection into another as they were', () => {
    expect(tasksOf('log')).toEqual(['publishLog:log']);
    expect(tasksOf('raw.log')).toEqual([]);
    expect(narrowPlan(SALES, (name) => name === 'log').steps).toEqual([]);
  });

  it('keeps only the steps that are needed', () => {
    const { steps } = narrowPlan(SALES, (name) => name === 'mart.orders');
    expect(steps.map(({ ref }) => ref)).toEqual(['paid', 'enriched']);
  });

  it('takes along what the checks of a table compare it with', () => {
    const reads = { sql: '', names: [], relations: ['customers'], denseKey: null };
    const checks = { ref: 'orders', checks: [], aggregates: [], queries: [reads], split: null };
    const tasks = SALES.tasks.map((task) => {
      if (task.id === 'orders (kept here)') return { ...task, checks };
      const { source } = task;
      const table = { ...source.table, table: { name: 'paid' } };
      return task.id === 'publishTotals:totals' ? { ...task, source: { ...source, table } } : task;
    });
    const plan = { ...SALES, tasks, steps: SALES.steps.filter(({ ref }) => ref === 'paid') };
    expect(narrowPlan(plan, (name) => name === 'mart.totals').tasks.map(({ id }) => id)).toEqual([
      'orders (kept here)',
      'customers (kept here)',
      'publishTotals:totals',
    ]);
  });
});
