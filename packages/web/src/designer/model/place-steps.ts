import type { Place } from './grid.ts';
import type { StepGraph } from './step-graph.ts';

/** How often the order within the columns is improved; it settles after a few. */
const SWEEPS = 4;

/**
 * Places of all steps: those that the document gives, and for the others columns by their distance from the sources, with the
 * rows of a column in the order of what they are connected to. In a time that grows with the number of connections.
 */
export function placeSteps(
  graph: StepGraph,
  given: Readonly<Record<string, Place>>,
): ReadonlyMap<string, Place> {
  const levels = levelsOf(graph);
  const columns: string[][] = [];
  for (const [name, level] of levels) {
    const column = (columns[level] ??= []);
    column.push(name);
  }
  const rows = orderRows(columns, graph);
  const places = new Map<string, Place>();
  const taken = new Set<string>();
  for (const name of graph.steps.keys()) {
    const place = Object.hasOwn(given, name) ? given[name] : undefined;
    if (place === undefined) continue;
    places.set(name, place);
    taken.add(cellOf(place));
  }
  for (const column of columns) {
    for (const name of column ?? []) {
      if (places.has(name)) continue;
      const level = levels.get(name) ?? 0;
      let row = rows.get(name) ?? 0;
      while (taken.has(cellOf([level, row]))) row += 1;
      places.set(name, [level, row]);
      taken.add(cellOf([level, row]));
    }
  }
  return places;
}

/** The longest way from a source; steps in a circle stand where they are first met. */
function levelsOf({ steps, into, outOf }: StepGraph): ReadonlyMap<string, number> {
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
  graph: StepGraph,
): ReadonlyMap<string, number> {
  const rows = new Map<string, number>();
  for (const column of columns) column?.forEach((name, row) => rows.set(name, row));
  const neighbours = (name: string, isForward: boolean): readonly string[] =>
    isForward
      ? (graph.into.get(name)?.map(({ from }) => from) ?? [])
      : (graph.outOf.get(name)?.map(({ to }) => to) ?? []);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const isForward = sweep % 2 === 0;
    for (const column of isForward ? columns : columns.toReversed()) {
      if (column === undefined) continue;
      const weights = new Map(
        column.map((name) => {
          const others = neighbours(name, isForward);
          const sum = others.reduce((total, other) => total + (rows.get(other) ?? 0), 0);
          return [name, others.length === 0 ? (rows.get(name) ?? 0) : sum / others.length];
        }),
      );
      column.sort((left, right) => (weights.get(left) ?? 0) - (weights.get(right) ?? 0));
      let next = 0;
      for (const name of column) {
        // A straight line where there is room for one.
        const row = Math.max(next, isForward ? Math.round(weights.get(name) ?? 0) : next);
        rows.set(name, row);
        next = row + 1;
      }
    }
  }
  // The last sweep went back and left gaps nowhere; one more forward gives straight lines.
  for (const column of columns) {
    let next = 0;
    for (const name of column ?? []) {
      const others = neighbours(name, true);
      const mean = others.reduce((total, other) => total + (rows.get(other) ?? 0), 0) / (others.length || 1);
      const row = Math.max(next, others.length === 0 ? next : Math.round(mean));
      rows.set(name, row);
      next = row + 1;
    }
  }
  return rows;
}

function cellOf([column, row]: Place): string {
  return `${Math.round(column)}:${Math.round(row)}`;
}
