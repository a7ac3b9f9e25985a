import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { readYaml } from '../yaml/read-yaml.ts';
import { applyEdits } from './apply-edit.ts';
import type { Edit } from './edit.ts';
import { mergeTexts } from './merge-texts.ts';

const BASE = `# the head
version: 1
name: shop

steps:
  # what is sold
  orders:
    source: { connection: shop, table: orders }

  paid:
    filter: { from: orders, where: paid } # the rule
  publish:
    destination: { from: paid, connection: warehouse, table: mart.orders }

# who
owner: me
layout: { orders: [0, 0], paid: [1, 0] }
`;

function edited(text: string, ...edits: readonly Edit[]): string {
  const result = applyEdits(text, edits);
  if (!result.isApplied) throw new Error(result.reason);
  return result.text;
}

describe('mergeTexts', () => {
  it('takes each step from the side that changed it, with its comments', () => {
    const mine = BASE.replace('where: paid } # the rule', 'where: total > 0 } # my rule');
    const theirs = BASE.replace('# what is sold', '# what was sold').replace('owner: me', 'owner: you');
    expect(mergeTexts(BASE, mine, theirs)).toEqual({
      isMerged: true,
      text: theirs.replace('where: paid } # the rule', 'where: total > 0 } # my rule'),
      mine: ['paid'],
      theirs: ['orders', 'owner'],
    });
  });

  it('adds and removes steps of both sides', () => {
    const mine = edited(BASE, { kind: 'addStep', name: 'few', step: { limit: { from: 'paid', rows: 5 } } });
    const theirs = edited(
      BASE,
      { kind: 'removeStep', name: 'publish' },
      { kind: 'addStep', name: 'customers', step: { source: { connection: 'shop', table: 'customers' } } },
    );
    const merged = mergeTexts(BASE, mine, theirs);
    expect(merged).toMatchObject({ isMerged: true });
    const steps = merged.isMerged ? Object(readYaml(merged.text, '').value).steps : {};
    expect(Object.keys(steps).toSorted()).toEqual(['customers', 'few', 'orders', 'paid']);
  });

  it('names what both changed', () => {
    const mine = BASE.replace('where: paid', 'where: total > 0');
    const theirs = BASE.replace('where: paid', 'where: total > 1').replace('owner: me', 'owner: you');
    expect(mergeTexts(BASE, mine, theirs)).toEqual({ isMerged: false, conflicts: ['paid'] });
    const removed = edited(BASE, { kind: 'removeStep', name: 'paid' });
    expect(mergeTexts(BASE, mine, removed)).toEqual({ isMerged: false, conflicts: ['paid'] });
  });

  it('keeps the places of both, and mine where both moved', () => {
    const mine = edited(BASE, { kind: 'moveStep', name: 'orders', at: [5, 5] });
    const theirs = edited(
      BASE,
      { kind: 'moveStep', name: 'orders', at: [7, 7] },
      { kind: 'moveStep', name: 'publish', at: [2, 2] },
    );
    const merged = mergeTexts(BASE, mine, theirs);
    expect(merged.isMerged && merged.text).toContain('{ orders: [5, 5], paid: [1, 0], publish: [2, 2] }');
  });

  it('leaves documents in braces to the person', () => {
    const [base, mine, theirs] = [1, 2, 3].map((number) => `{ version: 1, name: n${number}, steps: {} }`);
    expect(mergeTexts(base ?? '', mine ?? '', theirs ?? '')).toMatchObject({ isMerged: false });
  });

  it('has the values of both sides for any edits of different parts', () => {
    const name = fc.constantFrom('orders', 'paid', 'publish');
    const change = (own: fc.Arbitrary<string>): fc.Arbitrary<Edit> =>
      fc.oneof(
        fc.record({
          kind: fc.constant('setField' as const),
          path: fc.tuple(fc.constant('steps'), own, fc.constant('description')),
          value: fc.string(),
        }),
        fc.record({ kind: fc.constant('moveStep' as const), name: own, at: fc.tuple(fc.nat(9), fc.nat(9)) }),
        fc.record({ kind: fc.constant('removeStep' as const), name: own }),
      );
    fc.assert(
      fc.property(
        name.chain((one) =>
          fc.tuple(
            fc.array(change(fc.constant(one)), { maxLength: 3 }),
            fc.array(
              change(fc.constantFrom(...['orders', 'paid', 'publish'].filter((each) => each !== one))),
              {
                maxLength: 4,
              },
            ),
            fc.constant(one),
          ),
        ),
        ([ours, others, one]) => {
          const apply = (edits: readonly Edit[]): string =>
            edits.reduce((text, each) => {
              const result = applyEdits(text, [each]);
              return result.isApplied ? result.text : text;
            }, BASE);
          const [mine, theirs] = [apply(ours), apply(others)];
          const merged = mergeTexts(BASE, mine, theirs);
          if (!merged.isMerged) throw new Error(`conflict: ${merged.conflicts.join(', ')}`);
          const steps = (text: string): Record<string, unknown> => Object(readYaml(text, '').value).steps;
          for (const each of ['orders', 'paid', 'publish'])
            expect(steps(merged.text)[each]).toEqual(steps(each === one ? mine : theirs)[each]);
        },
      ),
      { numRuns: 500 },
    );
  });
});
