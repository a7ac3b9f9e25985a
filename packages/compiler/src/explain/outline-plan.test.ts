import { describe, expect, it } from 'vitest';

import { SALES } from '../cases/steps-fixture.ts';
import { explainIncrementality } from './explain-incrementality.ts';
import { outlinePlan } from './outline-plan.ts';
import { titleRelation } from './title-relation.ts';

describe('outlinePlan', () => {
  const outline = outlinePlan(SALES);

  it('tells what is read, and for whom', () => {
    expect(outline.read.map(({ table, keptFor, into }) => ({ table, keptFor, into }))).toEqual([
      { table: 'log', keptFor: [], into: 'warehouse:raw.log' },
      { table: 'shop.orders', keptFor: ['paid'], into: null },
      { table: 'customers', keptFor: ['enriched'], into: null },
    ]);
  });

  it('tells how each step follows changes, and what it does to columns', () => {
    expect(outline.steps.map(({ name, follows, task, readBy }) => ({ name, follows, task, readBy }))).toEqual(
      [
        { name: 'paid', follows: 'changed rows only', task: null, readBy: ['enriched'] },
        {
          name: 'enriched',
          follows:
            'changed rows of paid only; when customers changed, the touched groups of customer_id = id only',
          task: 'enriched (kept here)',
          readBy: ['totals', 'warehouse:mart.orders'],
        },
        {
          name: 'totals',
          follows: 'touched groups of customer_name only',
          task: null,
          readBy: ['warehouse:mart.totals'],
        },
      ],
    );
    expect(outline.steps.map(({ changes }) => changes)).toEqual([
      [],
      [
        { kind: 'renamed', from: 'customers', column: 'name', to: 'customer_name' },
        { kind: 'removed', from: 'customers', column: 'id', type: 'int64' },
      ],
      [
        { kind: 'added', column: 'revenue', type: 'decimal(38, 2)' },
        ...['id', 'customer_id', 'total', 'status'].map((column) => ({
          kind: 'removed',
          from: 'enriched',
          column,
          type: expect.any(String),
        })),
      ],
    ]);
  });

  it('names nothing that only the machinery knows', () => {
    expect(JSON.stringify(outline)).not.toContain('@');
  });
});

describe('explainIncrementality', () => {
  it('says why everything is computed again', () => {
    const incrementality = { kind: 'whole', reason: 'all rows are one group' } as const;
    expect(explainIncrementality({ inputs: [], incrementality })).toBe(
      'from all rows, because all rows are one group',
    );
  });

  it('shows expressions as they are written', () => {
    const by = { a: [{ sql: `(date_trunc('day', "at"))`, columns: ['at'], isQualified: false }] };
    const inputs = [{ alias: 'a', ref: 'a' }];
    expect(explainIncrementality({ inputs, incrementality: { kind: 'partitioned', by, linearIn: [] } })).toBe(
      `touched groups of date_trunc('day', "at") only`,
    );
  });
});

describe('titleRelation', () => {
  it('calls inner results parts of their step', () => {
    expect(['orders', 'routed.large', 'wide.~2', 'orders.~failed'].map(titleRelation)).toEqual([
      'orders',
      'routed.large',
      'wide (part 2)',
      'orders (failed its checks)',
    ]);
  });
});
