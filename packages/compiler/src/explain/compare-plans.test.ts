import { describe, expect, it } from 'vitest';

import { SALES } from '../cases/steps-fixture.ts';
import type { LoadTask, Plan, PlannedStep } from '../plan.ts';
import { comparePlans } from './compare-plans.ts';

const editStep = (plan: Plan, ref: string, edit: (step: PlannedStep) => PlannedStep): Plan => ({
  ...plan,
  steps: plan.steps.map((step) => (step.ref === ref ? edit(step) : step)),
});
const editTask = (plan: Plan, table: string, edit: (task: LoadTask) => LoadTask): Plan => ({
  ...plan,
  tasks: plan.tasks.map((task) => (task.destination.table.name === table ? edit(task) : task)),
});
/** Another definition changes the identity of everything after it. */
const refingerprint = (plan: Plan, refs: readonly string[]): Plan => ({
  ...plan,
  steps: plan.steps.map((step) =>
    refs.includes(step.ref) ? { ...step, fingerprint: `${step.fingerprint}'` } : step,
  ),
  tasks: plan.tasks.map((task) =>
    task.load.kind === 'steps' && refs.includes(task.load.from)
      ? { ...task, load: { ...task.load, fingerprint: `${task.load.fingerprint}'` } }
      : task,
  ),
});

describe('comparePlans', () => {
  it('says nothing of what is the same', () => {
    expect(comparePlans(SALES, SALES)).toEqual({ steps: [], tables: [] });
  });

  it('tells a step that was edited from those that follow it, and which tables are made again', () => {
    const edited = refingerprint(
      editStep(SALES, 'paid', (step) => ({ ...step, sql: `${step.sql} AND true` })),
      ['paid', 'enriched', 'totals'],
    );
    const { steps, tables } = comparePlans(SALES, edited);
    expect(steps).toEqual([
      { name: 'paid', kind: 'changed', because: [], columns: [] },
      { name: 'enriched', kind: 'followed', because: ['paid'], columns: [] },
      { name: 'totals', kind: 'followed', because: ['paid'], columns: [] },
    ]);
    expect(tables.map(({ table, isRecomputed, isBreaking }) => [table, isRecomputed, isBreaking])).toEqual([
      ['mart.orders', true, false],
      ['mart.totals', true, false],
    ]);
  });

  it('tells code that was edited, although what it is given is the same', () => {
    const withCode = (source: string): Plan =>
      refingerprint(
        editStep(SALES, 'paid', (step) => ({
          ...step,
          code: {
            file: 'transforms/paid.ts',
            source,
            mode: 'rows',
            reads: [],
            inputKey: [],
            returns: [],
            isOnePerRow: true,
            limits: { memoryBytes: 1, timeoutMs: 1 },
          },
        })),
        source === '' ? [] : ['paid', 'enriched', 'totals'],
      );
    expect(comparePlans(withCode(''), withCode('')).steps).toEqual([]);
    expect(comparePlans(withCode(''), withCode(';')).steps.map(({ name, kind }) => [name, kind])).toEqual([
      ['paid', 'changed'],
      ['enriched', 'followed'],
      ['totals', 'followed'],
    ]);
  });

  it('calls a column that goes, or gets a type that holds less, breaking, and a new or wider one not', () => {
    const withColumns = (edit: (task: LoadTask) => LoadTask['columns']) =>
      comparePlans(
        SALES,
        editTask(SALES, 'orders', (task) =>
          task.destination.connection === 'warehouse' ? { ...task, columns: edit(task) } : task,
        ),
      ).tables.map(({ isBreaking, columns }) => ({ isBreaking, columns }));
    const retype = (task: LoadTask, precision: number): LoadTask['columns'] =>
      task.columns.map((column) =>
        column.field.name === 'total'
          ? { ...column, field: { ...column.field, type: { kind: 'decimal', precision, scale: 2 } } }
          : column,
      );
    expect(withColumns((task) => task.columns.filter(({ field }) => field.name !== 'status'))).toEqual([
      { isBreaking: true, columns: [{ kind: 'removed', column: 'status', type: 'string' }] },
    ]);
    expect(withColumns((task) => retype(task, 8))).toMatchObject([
      { isBreaking: true, columns: [{ kind: 'retyped', isWider: false }] },
    ]);
    expect(withColumns((task) => retype(task, 12))).toMatchObject([
      { isBreaking: false, columns: [{ kind: 'retyped', isWider: true, after: 'decimal(12, 2)' }] },
    ]);
    expect(
      withColumns((task) => [
        ...task.columns,
        {
          field: { name: 'note', type: { kind: 'string' }, nullable: true },
          origin: { kind: 'source', column: 'note' },
        },
      ]),
    ).toEqual([{ isBreaking: false, columns: [{ kind: 'added', column: 'note', type: 'string' }] }]);
  });

  it('names steps and tables that came or went, and another way of writing', () => {
    const without = {
      ...SALES,
      steps: SALES.steps.filter(({ ref }) => ref !== 'totals'),
      tasks: SALES.tasks.filter(({ destination }) => destination.table.name !== 'totals'),
    };
    expect(comparePlans(SALES, without)).toMatchObject({
      steps: [{ name: 'totals', kind: 'removed' }],
      tables: [{ table: 'mart.totals', kind: 'left', isBreaking: true }],
    });
    expect(comparePlans(without, SALES)).toMatchObject({
      steps: [{ name: 'totals', kind: 'added' }],
      tables: [{ table: 'mart.totals', kind: 'added', isBreaking: false }],
    });
    const appended = editTask(SALES, 'totals', (task) => ({
      ...task,
      destination: { ...task.destination, mode: 'append' },
    }));
    expect(comparePlans(SALES, appended).tables).toMatchObject([
      { isBreaking: true, reasons: [expect.stringContaining('write is append, before ')] },
    ]);
  });
});
