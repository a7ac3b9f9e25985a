import type { PlannedStep } from '@millrace/compiler';
import { describe, expect, it } from 'vitest';

import { balanceCopy, balanceSteps, groupedRelation, inferCounts, openRelations } from './step-counts.ts';

function step(ref: string, inputs: readonly string[], known: Partial<PlannedStep> = {}): PlannedStep {
  return {
    ref,
    step: ref,
    verb: 'filter',
    inputs: inputs.map((input) => ({ alias: input, ref: input })),
    sql: '',
    columns: [],
    uses: [],
    key: [],
    incrementality: { kind: 'rowwise' },
    keptBecause: null,
    fingerprint: ref,
    ...known,
  };
}

const each = (...of: readonly string[]) => ({ rows: { keeps: 'each', of } }) as const;
const some = (...of: readonly string[]) => ({ rows: { keeps: 'some', of } }) as const;

/** orders → paid → priced → joined with lines → byDay */
const STEPS = [
  step('paid', ['orders'], some('orders')),
  step('priced', ['paid'], { verb: 'derive', ...each('paid') }),
  step('joined', ['priced', 'lines'], { verb: 'join' }),
  step('byDay', ['joined'], { verb: 'aggregate' }),
];

describe('counts of steps', () => {
  it('follow from those before and behind a step that keeps each row', () => {
    const before = inferCounts(STEPS, new Map([['paid', 7]]));
    expect(before.get('priced')).toBe(7);
    const behind = inferCounts(STEPS, new Map([['priced', 7]]));
    expect(behind.get('paid')).toBe(7);
    expect([behind.has('orders'), behind.has('joined')]).toEqual([false, false]);
  });

  it('of a union are the sum of its inputs, and tell the one that is not known', () => {
    const steps = [step('all', ['a', 'b'], { verb: 'union', ...each('a', 'b') })];
    expect(inferCounts(steps, new Map(Object.entries({ a: 3, b: 4 }))).get('all')).toBe(7);
    expect(inferCounts(steps, new Map(Object.entries({ a: 3, all: 10 }))).get('b')).toBe(7);
    expect(inferCounts(steps, new Map(Object.entries({ all: 10 })))).toEqual(new Map([['all', 10]]));
  });

  it('are asked for where they do not follow and asking is cheap', () => {
    const known = new Map(Object.entries({ orders: 10, lines: 40 }));
    expect(openRelations(STEPS, known, () => true)).toEqual(['paid', 'joined', 'byDay']);
    expect(openRelations(STEPS, known, (ref) => ref === 'paid')).toEqual(['paid']);
    expect(openRelations(STEPS, new Map(), (ref) => ref === 'lines')).toEqual(['lines']);
  });

  it('say how many rows a step left out, and nothing of what makes other rows', () => {
    const counts = new Map(Object.entries({ orders: 10, paid: 7, priced: 7, lines: 40, joined: 28 }));
    expect(balanceSteps(STEPS, counts, 'all')).toEqual([
      { step: 'paid', rowsIn: 10, rowsOut: 7, leftOut: 3 },
      { step: 'priced', rowsIn: 7, rowsOut: 7, leftOut: 0 },
      { step: 'joined', rowsIn: 47, rowsOut: 28, leftOut: null },
      { step: 'byDay', rowsIn: 28, rowsOut: null, leftOut: null },
    ]);
  });

  it('leave what people decided out of the rows that come in', () => {
    const checked = step('checked', ['rows', 'decided'], { ...some('rows'), decisions: 'decided' });
    const counts = new Map(Object.entries({ rows: 5, checked: 4 }));
    expect(balanceSteps([checked], counts, 'all')).toEqual([
      { step: 'checked', rowsIn: 5, rowsOut: 4, leftOut: 1 },
    ]);
  });

  it.each([
    ['more rows than come in', { orders: 10, paid: 11 }, /paid: 10 rows came in and 11 came out/],
    ['fewer than it keeps', { paid: 7, priced: 6 }, /priced: 7 rows came in and 6 came out.*were lost/],
  ])('stop a step that has %s', (_, counts, message) => {
    expect(() => balanceSteps(STEPS, new Map(Object.entries(counts)), 'all')).toThrow(
      expect.objectContaining({
        code: 'internal',
        blame: 'platform',
        retry: 'never',
        message: expect.stringMatching(message),
      }),
    );
  });

  it('of changed rows bind only where each row is worked through alone', () => {
    const latest = step('latest', ['orders'], {
      verb: 'dedupe',
      ...some('orders'),
      incrementality: { kind: 'partitioned', by: {}, linearIn: [] },
    });
    // A newer row went, and the one before it came back.
    const counts = new Map(Object.entries({ orders: 0, latest: 1 }));
    expect(balanceSteps([latest], counts, 'changes')).toEqual([
      { step: 'latest', rowsIn: 0, rowsOut: 1, leftOut: null },
    ]);
    expect(() => balanceSteps([latest], counts, 'all')).toThrow(/doubled|twice/);
  });

  it('stop a copy that does not have all rows that are kept', () => {
    expect(() => balanceCopy('orders', 10, 9)).toThrow(/10 rows are kept here, but 9/);
    balanceCopy('orders', 10, 10);
    balanceCopy('orders', undefined, 9);
  });
});

describe('the relation that a statement groups', () => {
  const grouped = step('grouped', ['paid'], { verb: 'aggregate' });
  const paid = step('paid', ['orders'], some('orders'));

  it('is what its only aggregate reads', () => {
    expect(groupedRelation([paid, grouped])).toBe('paid');
    expect(groupedRelation([paid, grouped, step('named', ['grouped'], { verb: 'select' })])).toBe('paid');
  });

  it('is not known where a step behind may filter groups before they are made, or another one groups too', () => {
    expect(groupedRelation([paid, grouped, step('few', ['grouped'])])).toBeUndefined();
    expect(groupedRelation([step('one', ['orders'], { verb: 'dedupe' }), grouped])).toBeUndefined();
    expect(groupedRelation([paid, step('asked', ['paid'], { verb: 'sql' }), grouped])).toBeUndefined();
    expect(groupedRelation([paid])).toBeUndefined();
  });
});
