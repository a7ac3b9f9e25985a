import type { Place } from './grid.ts';

/** How often the order within the columns is improved; it settles after a few. */
const SWEEPS = 4;

/** In cells of the canvas. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Things and how rows go between them. */
export interface FlowGraph {
  readonly steps: ReadonlyMap<string, unknown>;
  readonly into: ReadonlyMap<string, readonly { readonly from: string }[]>;
  readonly outOf: ReadonlyMap<string, readonly { readonly to: string }[]>;
}

/** Columns by the distance from what begins, rows by what things are connected to; in the order of the columns. */
export function arrangeUnits(graph: FlowGraph, sizes: ReadonlyMap<string, Size>): ReadonlyMap<string, Place> {
  const levels = levelsOf(graph);
  const columns: string[][] = [];
  for (const [name, level] of levels) (columns[level] ??= []).push(name);
  const rows = orderRows(columns, graph, sizes);
  const places = new Map<string, Place>();
  let left = 0;
  for (const column of columns) {
    for (const name of column ?? []) places.set(name, [left, rows.get(name) ?? 0]);
    left += Math.max(1, ...(column ?? []).map((name) => sizes.get(name)?.width ?? 1));
  }
  return places;
}

/** The longest way from a source; steps in a circle stand where they are first met. */
function levelsOf({ steps, into, outOf }: FlowGraph): ReadonlyMap<string, number> {
  const levels = new Map<string, number>();
  const waiting = new Map<string, number>();
  const ready: string[] = [];
  for (const name of steps.keys()) {
    const inputs = into.get(name)?.length ?? 0;
    waiting.set(name, inputs);
    if (inputs === 0) ready.push(name);
  }
  const visit = (queue: string[]): void => {
    for (const name of queue) {
      const level = levels.get(name) ?? 0;
      levels.set(name, level);
      for (const { to } of outOf.get(name) ?? []) {
        const left = (waiting.get(to) ?? 0) - 1;
        waiting.set(to, left);
        if (left < 0) continue;
        levels.set(to, Math.max(levels.get(to) ?? 0, level + 1));
        if (left === 0) queue.push(to);
      }
    }
  };
  visit(ready);
  for (const name of steps.keys()) {
    if ((waiting.get(name) ?? 0) <= 0) continue;
    waiting.set(name, 0);
    visit([name]);
  }
  return levels;
}

/** Rows by the mean of their neighbours' rows, to and fro, so that connections cross little. */
function orderRows(
  columns: readonly (string[] | undefined)[],
  graph: FlowGraph,
  sizes: ReadonlyMap<string, Size>,
): ReadonlyMap<string, number> {
  const rows = new Map<string, number>();
  for (const column of columns) column?.forEach((name, row) => rows.set(name, row));
  const heightOf = (name: string): number => sizes.get(name)?.height ?? 1;
  const middleOf = (name: string): number => (rows.get(name) ?? 0) + (heightOf(name) - 1) / 2;
  const neighbours = (name: string, isForward: boolean): readonly string[] =>
    isForward
      ? (graph.into.get(name)?.map(({ from }) => from) ?? [])
      : (graph.outOf.get(name)?.map(({ to }) => to) ?? []);
  const meanOf = (others: readonly string[]): number =>
    others.reduce((total, other) => total + middleOf(other), 0) / others.length;
  /** The row from which it stands in the middle of others. */
  const beside = (name: string, mean: number): number => Math.round(mean - (heightOf(name) - 1) / 2);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const isForward = sweep % 2 === 0;
    for (const column of isForward ? columns : columns.toReversed()) {
      if (column === undefined) continue;
      const weights = new Map(
        column.map((name) => {
          const others = neighbours(name, isForward);
          return [name, others.length === 0 ? middleOf(name) : meanOf(others)];
        }),
      );
      column.sort((left, right) => (weights.get(left) ?? 0) - (weights.get(right) ?? 0));
      let next = 0;
      for (const name of column) {
        // A straight line where there is room for one.
        const row = Math.max(next, isForward ? beside(name, weights.get(name) ?? 0) : next);
        rows.set(name, row);
        next = row + heightOf(name);
      }
    }
  }
  // The last sweep went back and left gaps nowhere; one more forward gives straight lines.
  for (const column of columns) {
    let next = 0;
    for (const name of column ?? []) {
      const others = neighbours(name, true);
      const row = Math.max(next, others.length === 0 ? next : beside(name, meanOf(others)));
      rows.set(name, row);
      next = row + heightOf(name);
    }
  }
  return rows;
}
