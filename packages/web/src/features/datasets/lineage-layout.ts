import type { OperationOutput } from '@millrace/control-plane';

export type TracedDataset = OperationOutput<'datasets/trace-dataset'>;
type TracedNode = TracedDataset['nodes'][number];

export interface PlacedNode extends TracedNode {
  readonly x: number;
  readonly y: number;
  readonly height: number;
  /** Columns that take part in the lineage, in the order of their links. */
  readonly columns: readonly string[];
}

export const NODE_WIDTH = 220;
export const HEAD_HEIGHT = 34;
/** Large enough to be touched. */
export const COLUMN_HEIGHT = 24;
const GAP_X = 90;
const GAP_Y = 24;

/** Nodes in columns by their distance from the dataset, each as high as its columns. */
export function layOutLineage({ nodes, links }: TracedDataset): readonly PlacedNode[] {
  const columns = new Map<string, Set<string>>();
  const add = (node: string, column: string | null): void => {
    if (column === null) return;
    const known = columns.get(node) ?? new Set<string>();
    known.add(column);
    columns.set(node, known);
  };
  for (const { from, to } of links) {
    add(from.node, from.column);
    add(to.node, to.column);
  }
  const placed: PlacedNode[] = [];
  for (const [distance, group] of Map.groupBy(nodes, (node) => node.distance)) {
    const sized = group
      .toSorted((left, right) => left.name.localeCompare(right.name))
      .map((node) => {
        const own = [...(columns.get(node.id) ?? [])];
        return { ...node, columns: own, height: HEAD_HEIGHT + own.length * COLUMN_HEIGHT + 6 };
      });
    const total = sized.reduce((sum, { height }) => sum + height + GAP_Y, -GAP_Y);
    let y = -total / 2;
    for (const node of sized) {
      placed.push({ ...node, x: distance * (NODE_WIDTH + GAP_X), y });
      y += node.height + GAP_Y;
    }
  }
  return placed;
}

/** The columns, as `node column`, that a column comes from or goes to, itself among them. */
export function followColumn(
  { links }: TracedDataset,
  start: { readonly node: string; readonly column: string },
): ReadonlySet<string> {
  const found = new Set([columnKey(start.node, start.column)]);
  for (const [near, far] of [
    ['to', 'from'],
    ['from', 'to'],
  ] as const) {
    const open = [columnKey(start.node, start.column)];
    for (const key of open)
      for (const link of links) {
        const at = link[near];
        const other = link[far];
        if (at.column === null || other.column === null || columnKey(at.node, at.column) !== key) continue;
        const next = columnKey(other.node, other.column);
        if (found.has(next)) continue;
        found.add(next);
        open.push(next);
      }
  }
  return found;
}

export function columnKey(node: string, column: string): string {
  return JSON.stringify([node, column]);
}
