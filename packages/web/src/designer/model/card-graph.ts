import type { DraftStep, StepGroup } from '@millrace/spec';

import type { GraphEdge, StepGraph } from './step-graph.ts';

/** What is drawn as one card: a step, or the steps of a collapsed group. */
export type Card =
  | { readonly kind: 'step'; readonly id: string; readonly step: DraftStep }
  | { readonly kind: 'group'; readonly id: string; readonly group: StepGroup };

/** Connections that are drawn as one line. */
export interface CardEdge {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly edges: readonly GraphEdge[];
}

/** The steps as they are drawn: those of collapsed groups as one card each, with the connections in and out of it. */
export interface CardGraph {
  readonly steps: ReadonlyMap<string, Card>;
  readonly edges: readonly CardEdge[];
  readonly into: ReadonlyMap<string, readonly CardEdge[]>;
  readonly outOf: ReadonlyMap<string, readonly CardEdge[]>;
}

/** No step can be called so. */
export function groupCardId(group: string): string {
  return `group:${group}`;
}

export function cardGraph(
  graph: StepGraph,
  groups: readonly StepGroup[],
  collapsed: ReadonlySet<string>,
): CardGraph {
  const cardOf = new Map<string, string>();
  const groupCards = new Map<string, Card>();
  for (const group of groups) {
    if (!collapsed.has(group.name)) continue;
    const id = groupCardId(group.name);
    groupCards.set(id, { kind: 'group', id, group });
    for (const step of group.steps) cardOf.set(step, id);
  }
  const steps = new Map<string, Card>();
  for (const [name, step] of graph.steps) {
    const id = cardOf.get(name) ?? name;
    if (!steps.has(id)) steps.set(id, groupCards.get(id) ?? { kind: 'step', id, step });
  }
  const drawn = new Map<string, { id: string; from: string; to: string; edges: GraphEdge[] }>();
  for (const edge of graph.edges) {
    const from = cardOf.get(edge.from) ?? edge.from;
    const to = cardOf.get(edge.to) ?? edge.to;
    if (from === to && cardOf.has(edge.from)) continue;
    const line = lineOf(edge, { from, to }, cardOf);
    const known = drawn.get(line);
    if (known === undefined) drawn.set(line, { id: edge.id, from, to, edges: [edge] });
    else known.edges.push(edge);
  }
  const into = new Map<string, CardEdge[]>();
  const outOf = new Map<string, CardEdge[]>();
  for (const edge of drawn.values()) {
    push(into, edge.to, edge);
    push(outOf, edge.from, edge);
  }
  return { steps, edges: [...drawn.values()], into, outOf };
}

/** Between the same two ports there is one line: a group has one for all that it reads, and one for all that is read of it. */
function lineOf(
  { id, from, ref, to }: GraphEdge,
  cards: { readonly from: string; readonly to: string },
  cardOf: ReadonlyMap<string, string>,
): string {
  if (!cardOf.has(to)) return id;
  return JSON.stringify([cardOf.has(from) ? cards.from : ref, cards.to]);
}

function push(map: Map<string, CardEdge[]>, key: string, edge: CardEdge): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [edge]);
  else known.push(edge);
}

/** The steps of a card. */
export function stepsOfCard(card: Card): readonly string[] {
  return card.kind === 'step' ? [card.id] : card.group.steps;
}

/** Cards whose steps are all selected. */
export function selectedCards({ steps }: CardGraph, selected: readonly string[]): ReadonlySet<string> {
  const chosen = new Set(selected);
  const found = new Set<string>();
  for (const name of selected) if (steps.has(name)) found.add(name);
  for (const card of steps.values())
    if (card.kind === 'group' && card.group.steps.every((step) => chosen.has(step))) found.add(card.id);
  return found;
}

/** The group of which exactly the steps are selected. */
export function selectedGroup(
  groups: readonly StepGroup[],
  selected: readonly string[],
): StepGroup | undefined {
  return groups.find(
    ({ steps }) => steps.length === selected.length && steps.every((step) => selected.includes(step)),
  );
}
