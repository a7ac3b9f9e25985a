import { describe, expect, it } from 'vitest';

import { SALES } from '../cases/steps-fixture.ts';
import { findColumns, formatLineageColumn, startColumns } from './find-columns.ts';
import { followColumn, type LineageDirection } from './follow-column.ts';
import { tracePlan } from './trace-plan.ts';

const lineage = tracePlan(SALES);

function follow(text: string, direction: LineageDirection): readonly string[] {
  const found = findColumns(lineage, text);
  const [column] = startColumns(lineage, found.columns ?? [], direction);
  if (column === undefined) throw new Error(`${text} is no column.`);
  const { edges, rows } = followColumn(lineage, column, direction);
  return [
    ...edges.map(({ from, to, how }) => `${formatLineageColumn(from)} ${how} ${formatLineageColumn(to)}`),
    ...rows.map(({ from, to, how }) => `${to.name} ${how} ${formatLineageColumn(from)}`),
  ];
}

describe('lineage', () => {
  it('leads from a published column to its sources, with what decided about the rows', () => {
    expect(follow('mart.totals.revenue', 'upstream')).toEqual([
      'totals.revenue copied warehouse:mart.totals.revenue',
      'enriched.total aggregated totals.revenue',
      'paid.total copied enriched.total',
      'orders.total copied paid.total',
      'shop:shop.orders.total copied orders.total',
      'paid filtered orders.status',
      'enriched joined paid.customer_id',
      'enriched joined customers.id',
      'totals grouped enriched.customer_name',
    ]);
  });

  it('leads from a source column to what is published, and to the rows that it decides about', () => {
    expect(follow('shop.orders.status', 'downstream')).toEqual([
      'shop:shop.orders.status copied orders.status',
      'orders.status copied paid.status',
      'paid.status copied enriched.status',
      'enriched.status copied warehouse:mart.orders.status',
      'paid filtered orders.status',
    ]);
  });

  it('knows loads without steps', () => {
    expect(follow('line', 'upstream')).toEqual(['shop:log.line copied warehouse:raw.log.line']);
  });

  it('starts at the ends when several columns are called alike', () => {
    const found = findColumns(lineage, 'TOTAL');
    expect(found.columns?.map(formatLineageColumn).toSorted()).toEqual([
      'enriched.total',
      'orders.total',
      'paid.total',
      'shop:shop.orders.total',
      'warehouse:mart.orders.total',
    ]);
    const starts = startColumns(lineage, found.columns ?? [], 'upstream');
    expect(starts.map(formatLineageColumn)).toEqual(['warehouse:mart.orders.total']);
  });

  it('offers the nearest names', () => {
    expect(findColumns(lineage, 'revenu')).toEqual({ columns: null, nearest: ['revenue'] });
    expect(findColumns(lineage, 'totals.revenu')).toEqual({ columns: null, nearest: ['totals.revenue'] });
  });
});
