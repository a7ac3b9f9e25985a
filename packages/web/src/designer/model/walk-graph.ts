import type { FlowGraph } from './arrange-units.ts';
import type { Place } from './grid.ts';

/** Steps as rows flow: column by column, from above to below. The order of Tab. */
export function flowOrder(graph: FlowGraph, places: ReadonlyMap<string, Place>): readonly string[] {
  return [...graph.steps.keys()].toSorted((left, right) => {
    const [leftColumn, leftRow] = places.get(left) ?? [0, 0];
    const [rightColumn, rightRow] = places.get(right) ?? [0, 0];
    return Math.round(leftColumn) - Math.round(rightColumn) || leftRow - rightRow;
  });
}

export type Direction = 'left' | 'right' | 'up' | 'down';

/** Where an arrow key leads: along a connection, or to the nearest card above or below. */
export function nextStep(
  graph: FlowGraph,
  places: ReadonlyMap<string, Place>,
  from: string,
  direction: Direction,
): string | undefined {
  const [column, row] = places.get(from) ?? [0, 0];
  const distance = (name: string): number => Math.abs((places.get(name)?.[1] ?? 0) - row);
  const nearest = (names: readonly string[]): string | undefined =>
    names.toSorted((left, right) => distance(left) - distance(right))[0];
  if (direction === 'left') return nearest((graph.into.get(from) ?? []).map((edge) => edge.from));
  if (direction === 'right') return nearest((graph.outOf.get(from) ?? []).map((edge) => edge.to));
  const beside = [...graph.steps.keys()].flatMap((name) => {
    const [otherColumn, otherRow] = places.get(name) ?? [0, 0];
    const isBeside = Math.round(otherColumn) === Math.round(column) && name !== from;
    return isBeside && (direction === 'up' ? otherRow < row : otherRow > row) ? [name] : [];
  });
  return nearest(beside);
}
