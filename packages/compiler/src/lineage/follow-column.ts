import {
  columnId,
  isSameRelation,
  type Lineage,
  type LineageColumn,
  type LineageEdge,
  type RowLineage,
} from './trace-plan.ts';

export type LineageDirection = 'upstream' | 'downstream';

/** Where a column comes from, or where it goes. */
export interface FollowedColumn {
  readonly column: LineageColumn;
  readonly direction: LineageDirection;
  /** In the order in which they are met. */
  readonly edges: readonly LineageEdge[];
  /** Upstream: what decided about the rows on the way. Downstream: the steps about whose rows it decides. */
  readonly rows: readonly RowLineage[];
}

/** Follows a column to its ends. Each edge is met once, however many ways lead there. */
export function followColumn(
  lineage: Lineage,
  column: LineageColumn,
  direction: LineageDirection,
): FollowedColumn {
  const isUpstream = direction === 'upstream';
  const near = (edge: LineageEdge) => columnId(isUpstream ? edge.to : edge.from);
  const byColumn = Map.groupBy(lineage.edges, near);
  const met = new Map([[columnId(column), column]]);
  const edges: LineageEdge[] = [];
  for (const id of met.keys()) {
    for (const edge of byColumn.get(id) ?? []) {
      edges.push(edge);
      const next = isUpstream ? edge.from : edge.to;
      if (!met.has(columnId(next))) met.set(columnId(next), next);
    }
  }
  const columns = [...met.values()];
  const rows = lineage.rows.filter((use) =>
    isUpstream
      ? columns.some((each) => isSameRelation(each, use.to))
      : columns.some((each) => columnId(each) === columnId(use.from)),
  );
  return { column, direction, edges, rows };
}
