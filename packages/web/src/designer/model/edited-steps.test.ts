import { readDraft } from '@millrace/spec';
import { describe, expect, it } from 'vitest';

import { editedSteps } from './edited-steps.ts';
import { stepGraph } from './step-graph.ts';

const TEXT = `version: 1
name: sales
steps:
  orders: { source: { connection: shop, table: orders } }
  customers: { source: { connection: shop, table: customers } }
  paid: { filter: { from: orders, where: total > 1 } }
  publish: { destination: { from: paid, connection: warehouse, table: mart.paid } }
`;

function edited(text: string, changed: readonly string[] = []) {
  const now = readDraft(text, 'sales');
  const saved = new Map(readDraft(TEXT, 'sales').steps.map((step) => [step.name, step]));
  const { own, withFollowers } = editedSteps(stepGraph(now), now.steps, saved, changed);
  return [[...own], [...withFollowers]];
}

describe('editedSteps', () => {
  it('names nothing where only comments and places are others', () => {
    expect(edited(`# new\n${TEXT}layout: { orders: [1, 1] }\n`)).toEqual([[], []]);
  });

  it('names what was edited, and what follows from it', () => {
    expect(edited(TEXT.replace('total > 1', 'total > 2'))).toEqual([['paid'], ['paid', 'publish']]);
    expect(edited(`${TEXT}  more: { sort: { from: customers, by: [id] } }\n`)).toEqual([['more'], ['more']]);
  });

  it('names what was edited and saved since the last run', () => {
    expect(edited(TEXT, ['orders'])).toEqual([['orders'], ['orders', 'paid', 'publish']]);
  });
});
