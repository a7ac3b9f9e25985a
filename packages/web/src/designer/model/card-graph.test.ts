import { readDraft } from '@millrace/spec';
import { describe, expect, it } from 'vitest';

import { cardGraph, selectedCards, selectedGroup, stepsOfCard } from './card-graph.ts';
import { stepGraph } from './step-graph.ts';

const DRAFT = readDraft(
  `version: 1
name: sales
steps:
  orders: { source: { connection: shop, table: orders } }
  customers: { source: { connection: shop, table: customers } }
  paid: { filter: { from: orders, where: total > 1 } }
  wide: { join: { left: paid, right: customers, on: { customer_id: id } } }
  daily: { aggregate: { from: wide, by: [day], measures: { n: count(*) } } }
  publish: { destination: { from: wide, connection: warehouse, table: mart.orders } }
  publishDaily: { destination: { from: daily, connection: warehouse, table: mart.daily } }
groups:
  Clean: [paid, wide]
  Out: [publish, publishDaily]
`,
  'sales',
);

const graphOf = (...collapsed: readonly string[]) =>
  cardGraph(stepGraph(DRAFT), DRAFT.groups, new Set(collapsed));
const linesOf = (...collapsed: readonly string[]) =>
  graphOf(...collapsed).edges.map(({ from, to, edges }) => `${from} > ${to} ${edges.length}`);

describe('cards of steps', () => {
  it('are the steps themselves while no group is collapsed', () => {
    const graph = graphOf();
    expect([...graph.steps.keys()]).toEqual(DRAFT.steps.map(({ name }) => name));
    expect(graph.edges).toHaveLength(6);
  });

  it('stand for the steps of a collapsed group, with what goes in and out', () => {
    expect([...graphOf('Clean').steps.keys()]).toEqual([
      'orders',
      'customers',
      'group:Clean',
      'daily',
      'publish',
      'publishDaily',
    ]);
    expect(linesOf('Clean')).toEqual([
      'orders > group:Clean 1',
      'customers > group:Clean 1',
      'group:Clean > daily 1',
      'group:Clean > publish 1',
      'daily > publishDaily 1',
    ]);
    expect(linesOf('Clean', 'Out')).toContain('group:Clean > group:Out 1');
  });

  it('are selected when all of their steps are', () => {
    expect([...selectedCards(graphOf('Clean'), ['paid', 'orders'])]).toEqual(['orders']);
    expect([...selectedCards(graphOf('Clean'), ['paid', 'wide'])]).toEqual(['group:Clean']);
    expect(selectedGroup(DRAFT.groups, ['wide', 'paid'])?.name).toBe('Clean');
    expect(selectedGroup(DRAFT.groups, ['wide'])).toBeUndefined();
    const card = graphOf('Out').steps.get('group:Out');
    expect(card && stepsOfCard(card)).toEqual(['publish', 'publishDaily']);
  });
});
