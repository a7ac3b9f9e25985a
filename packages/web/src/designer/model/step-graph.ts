import type { DocumentPath, Draft, DraftStep } from '@millrace/spec';

import type { FlowGraph } from './arrange-units.ts';

/** A connection between two steps of a draft. */
export interface GraphEdge {
  readonly id: string;
  readonly from: string;
  /** As written: `routed.large`. */
  readonly ref: string;
  /** The output that is read; undefined for the step's own rows. */
  readonly output: string | undefined;
  readonly to: string;
  /** Below the verb of the reader: `['left']`, `['from', 1]`. */
  readonly input: DocumentPath;
}

/** The steps of a draft and how rows go between them. */
export interface StepGraph {
  readonly steps: ReadonlyMap<string, DraftStep>;
  readonly edges: readonly GraphEdge[];
  readonly into: ReadonlyMap<string, readonly GraphEdge[]>;
  readonly outOf: ReadonlyMap<string, readonly GraphEdge[]>;
}

/** Connections to steps that are not there are left out: they are told as problems. */
export function stepGraph(draft: Pick<Draft, 'steps'>): StepGraph {
  const steps = new Map(draft.steps.map((step) => [step.name, step]));
  const into = new Map<string, GraphEdge[]>();
  const outOf = new Map<string, GraphEdge[]>();
  const edges: GraphEdge[] = [];
  for (const { name: to, inputs } of draft.steps) {
    for (const { path, from: ref, step: from } of inputs) {
      if (!steps.has(from)) continue;
      const input = path.slice(1);
      const output = ref === from ? undefined : ref.slice(from.length + 1);
      const edge: GraphEdge = { id: `${to}:${input.join('.')}`, from, ref, output, to, input };
      edges.push(edge);
      push(into, to, edge);
      push(outOf, from, edge);
    }
  }
  return { steps, edges, into, outOf };
}

/** Everything that a step comes from, and everything that is made of it; without the step. */
export function relatives(
  graph: Pick<FlowGraph, 'into' | 'outOf'>,
  step: string,
): { readonly before: ReadonlySet<string>; readonly after: ReadonlySet<string> } {
  return {
    before: walk(step, (name) => graph.into.get(name)?.map(({ from }) => from) ?? []),
    after: walk(step, (name) => graph.outOf.get(name)?.map(({ to }) => to) ?? []),
  };
}

function walk(start: string, next: (name: string) => readonly string[]): ReadonlySet<string> {
  const seen = new Set(next(start));
  for (const name of seen) for (const other of next(name)) seen.add(other);
  seen.delete(start);
  return seen;
}

function push(map: Map<string, GraphEdge[]>, key: string, edge: GraphEdge): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [edge]);
  else known.push(edge);
}
