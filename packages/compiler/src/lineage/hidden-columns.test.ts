import { describe, expect, it } from 'vitest';

import { SALES } from '../cases/steps-fixture.ts';
import type { Plan, PlannedStep, PlannedStepColumn } from '../plan.ts';
import { hiddenColumns } from './hidden-columns.ts';
import { joinedSources } from './joined-sources.ts';

type From = PlannedStepColumn['from'];

const column = (name: string, from: From): PlannedStepColumn => ({
  name,
  nullable: true,
  from,
  field: { name, type: { kind: 'string' }, nullable: true },
});

/** Customers are masked by `mask` before they are joined. */
function masked(mask: Partial<PlannedStep>, after: readonly PlannedStep[] = []): Plan {
  const step: PlannedStep = {
    ref: 'safe',
    step: 'safe',
    verb: 'mask',
    inputs: [{ alias: 'customers', ref: 'customers' }],
    sql: '',
    columns: [],
    uses: [],
    key: [],
    incrementality: { kind: 'rowwise' },
    keptBecause: null,
    fingerprint: 'safe',
    ...mask,
  };
  return { ...SALES, steps: [...SALES.steps, step, ...after] };
}

const id = column('id', [{ ref: 'customers', column: 'id', how: 'copied' }]);
const name = column('name', [{ ref: 'customers', column: 'name', how: 'transformed' }]);

function listed(plan: Plan): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries([...hiddenColumns(plan)].map(([ref, columns]) => [ref, [...columns]]));
}

describe('hiddenColumns', () => {
  it('hides nothing where nothing is masked', () => {
    expect(listed(SALES)).toEqual({});
  });

  it('hides what is masked wherever it is not, and not what comes out of the mask', () => {
    expect(listed(masked({ columns: [id, name] }))).toEqual({
      customers: ['name'],
      enriched: ['customer_name'],
      totals: ['customer_name'],
    });
  });

  it('hides what a mask drops', () => {
    expect(listed(masked({ columns: [id] }))['customers']).toEqual(['name']);
  });

  it('hides what a mask shows again', () => {
    expect(listed(masked({ columns: [id, name], reveals: ['name'] }))['safe']).toEqual(['name']);
  });

  it('hides the result of a query that cannot be followed, and of no other step', () => {
    const [filter] = masked({}).steps.filter(({ ref }) => ref === 'safe');
    const reader = (verb: 'sql' | 'aggregate'): PlannedStep => ({
      ...(filter ?? expect.fail()),
      ref: 'read',
      step: 'read',
      verb,
      inputs: [{ alias: 'customers', ref: 'customers' }],
      columns: [column('made', [])],
    });
    expect(listed(masked({ columns: [id, name] }, [reader('sql')]))['read']).toEqual(['made']);
    expect(listed(masked({ columns: [id, name] }, [reader('aggregate')]))['read']).toBeUndefined();
  });
});

describe('joinedSources', () => {
  it('follows the columns of a join back to the tables', () => {
    expect(joinedSources(SALES)).toEqual([
      { left: { ref: 'orders', column: 'customer_id' }, right: { ref: 'customers', column: 'id' } },
    ]);
  });
});
