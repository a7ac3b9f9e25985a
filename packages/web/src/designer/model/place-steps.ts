import type { StepGroup } from '@millrace/spec';

import type { Place } from './grid.ts';
import { arrangeUnits, type FlowGraph, type Size } from './arrange-units.ts';
import type { StepGraph } from './step-graph.ts';

/** Above the steps of a group stands its name. */
const TITLE = 0.5;

/** What is placed as one: a step, or the steps of a group, each from the upper left of it. */
interface Unit extends Size {
  readonly steps: ReadonlyMap<string, Place>;
}

/**
 * Places of all steps: those that the document gives, and for the others columns by their distance from the sources, with the
 * rows of a column in the order of what they are connected to. Steps of a group stand together; those of a collapsed one
 * from the place of its card. In a time that grows with the number of connections.
 */
export function placeSteps(
  graph: StepGraph,
  given: Readonly<Record<string, Place>>,
  groups: readonly StepGroup[] = [],
  collapsed: ReadonlySet<string> = new Set(),
): ReadonlyMap<string, Place> {
  const placed = (name: string): Place | undefined => (Object.hasOwn(given, name) ? given[name] : undefined);
  // A group of which somebody placed a step stands where its steps do.
  const free = groups.filter(({ steps }) => steps.every((step) => placed(step) === undefined));
  const units = unitsOf(graph, free, collapsed);
  const arranged = arrangeUnits(free.length === 0 ? graph : flowOf(graph, units), units);
  const places = new Map<string, Place>();
  const taken = new Set<string>();
  for (const name of graph.steps.keys()) {
    const place = placed(name);
    if (place === undefined) continue;
    places.set(name, place);
    taken.add(cellOf(place));
  }
  for (const [id, [column, first]] of arranged) {
    const unit = units.get(id);
    if (unit === undefined || places.has(id)) continue;
    let row = first;
    while (cellsOf(unit, [column, row]).some((cell) => taken.has(cell))) row += 1;
    for (const cell of cellsOf(unit, [column, row])) taken.add(cell);
    for (const [step, [x, y]] of unit.steps) places.set(step, [column + x, row + y]);
  }
  return places;
}

function unitsOf(
  graph: StepGraph,
  groups: readonly StepGroup[],
  collapsed: ReadonlySet<string>,
): ReadonlyMap<string, Unit> {
  const units = new Map<string, Unit>();
  const ofStep = new Map<string, StepGroup>();
  for (const group of groups) for (const step of group.steps) ofStep.set(step, group);
  for (const name of graph.steps.keys()) {
    const group = ofStep.get(name);
    if (group === undefined) units.set(name, { steps: new Map([[name, [0, 0]]]), width: 1, height: 1 });
    else if (!units.has(unitId(group))) units.set(unitId(group), groupUnit(graph, group, collapsed));
  }
  return units;
}

function groupUnit(graph: StepGraph, group: StepGroup, collapsed: ReadonlySet<string>): Unit {
  const inside = placeSteps(partOf(graph, new Set(group.steps)), {});
  if (collapsed.has(group.name)) return { steps: inside, width: 1, height: 1 };
  const all = [...inside.values()];
  return {
    steps: new Map([...inside].map(([step, [column, row]]) => [step, [column, row + TITLE]])),
    width: 1 + Math.max(...all.map(([column]) => column)),
    height: 1 + TITLE + Math.max(...all.map(([, row]) => row)),
  };
}

function partOf(graph: StepGraph, names: ReadonlySet<string>): StepGraph {
  const inside = (edge: { readonly from: string; readonly to: string }): boolean =>
    names.has(edge.from) && names.has(edge.to);
  const within = (edges: StepGraph['into']): StepGraph['into'] =>
    new Map([...names].map((name) => [name, (edges.get(name) ?? []).filter(inside)]));
  return {
    steps: new Map([...graph.steps].filter(([name]) => names.has(name))),
    edges: graph.edges.filter(inside),
    into: within(graph.into),
    outOf: within(graph.outOf),
  };
}

/** How rows go between what is placed as one. */
function flowOf(graph: StepGraph, units: ReadonlyMap<string, Unit>): FlowGraph {
  const unitOf = new Map(
    [...units].flatMap(([id, { steps }]) => [...steps.keys()].map((step) => [step, id])),
  );
  const edges = graph.edges.flatMap(({ from, to }) => {
    const edge = { from: unitOf.get(from) ?? from, to: unitOf.get(to) ?? to };
    return edge.from === edge.to ? [] : [edge];
  });
  return {
    steps: units,
    into: Map.groupBy(edges, ({ to }) => to),
    outOf: Map.groupBy(edges, ({ from }) => from),
  };
}

/** No step can be called so. */
function unitId({ name }: StepGroup): string {
  return `group:${name}`;
}

function cellsOf({ width, height }: Size, [column, row]: Place): readonly string[] {
  return Array.from({ length: width * Math.ceil(height) }, (_, index) =>
    cellOf([column + (index % width), row + Math.floor(index / width)]),
  );
}

function cellOf([column, row]: Place): string {
  return `${Math.round(column)}:${Math.round(row)}`;
}
