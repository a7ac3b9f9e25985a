import { tracePlan, type LineageRelation, type Plan } from '@millrace/compiler';

/** A table or a step, whichever pipelines read and write it. */
export interface LineageNode {
  readonly id: string;
  readonly kind: 'table' | 'step';
  /** Null for steps. */
  readonly connection: string | null;
  /** Of a step; null for tables, which several can share. */
  readonly pipeline: string | null;
  readonly name: string;
  /** How far from the dataset: negative upstream. */
  readonly distance: number;
}

/** One column that becomes another, or decides about the rows of another relation (`to.column` null). */
export interface LineageLink {
  readonly from: { readonly node: string; readonly column: string };
  readonly to: { readonly node: string; readonly column: string | null };
  readonly how: string;
}

export interface DatasetLineage {
  readonly nodes: readonly LineageNode[];
  readonly links: readonly LineageLink[];
}

/**
 * What a dataset is made of and what is made of it, across pipelines, as far as `upstream` and `downstream` relations away.
 */
export function traceDataset(
  plans: readonly Plan[],
  dataset: { readonly connection: string; readonly name: string },
  { upstream, downstream }: { readonly upstream: number; readonly downstream: number },
): DatasetLineage {
  const relations = new Map<string, Omit<LineageNode, 'distance'>>();
  const links: LineageLink[] = [];
  for (const plan of plans) {
    const nodeOf = (relation: LineageRelation): string => {
      const node = toNode(relation, plan.pipeline);
      relations.set(node.id, node);
      return node.id;
    };
    const lineage = tracePlan(plan);
    for (const { from, to, how } of lineage.edges)
      links.push({
        from: { node: nodeOf(from), column: from.column },
        to: { node: nodeOf(to), column: to.column },
        how,
      });
    for (const { from, to, how } of lineage.rows)
      links.push({
        from: { node: nodeOf(from), column: from.column },
        to: { node: nodeOf(to), column: null },
        how,
      });
  }
  const start = toNode({ kind: 'destination', ...dataset }, null);
  relations.set(start.id, start);
  const distances = new Map([[start.id, 0]]);
  walk('to', 'from', -1, upstream);
  walk('from', 'to', 1, downstream);
  return {
    nodes: [...distances].flatMap(([id, distance]) => {
      const node = relations.get(id);
      return node === undefined ? [] : [{ ...node, distance }];
    }),
    links: links.filter(({ from, to }) => distances.has(from.node) && distances.has(to.node)),
  };

  function walk(near: 'from' | 'to', far: 'from' | 'to', step: -1 | 1, depth: number): void {
    const byNode = Map.groupBy(links, (link) => link[near].node);
    let edge = [start.id];
    for (let distance = 1; distance <= depth && edge.length > 0; distance++) {
      const next: string[] = [];
      for (const id of edge)
        for (const link of byNode.get(id) ?? []) {
          const other = link[far].node;
          if (distances.has(other)) continue;
          distances.set(other, step * distance);
          next.push(other);
        }
      edge = next;
    }
  }
}

function toNode(
  { kind, connection, name }: LineageRelation,
  pipeline: string | null,
): Omit<LineageNode, 'distance'> {
  return kind === 'step'
    ? { id: `step:${pipeline ?? ''}:${name}`, kind, connection: null, pipeline, name }
    : { id: `table:${connection ?? ''}:${name}`, kind: 'table', connection, pipeline: null, name };
}
