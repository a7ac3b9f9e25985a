import type { DocumentPath, DraftStep, Edit } from '@millrace/spec';

import { relatives, type GraphEdge, type StepGraph } from './step-graph.ts';
import { verbEntry } from './verb-entries.ts';

/** A place of a card at which a connection ends. */
export interface InputPort {
  readonly id: string;
  /** Below the verb; undefined adds one more. */
  readonly input: DocumentPath | undefined;
  readonly label: string;
  /** Taken already; connecting again replaces it. */
  readonly edge: GraphEdge | undefined;
}

/** One for each named input, and one for lists, which take any number. */
export function inputPorts(step: DraftStep, graph: StepGraph): readonly InputPort[] {
  const entry = verbEntry(step.verb);
  const edges = graph.into.get(step.name) ?? [];
  return (entry?.inputs ?? []).map((slot) => {
    const isOne = !slot.includes('*');
    const id = slot.join('.');
    return {
      id,
      input: isOne ? slot : undefined,
      label: slot.filter((part) => part !== '*').join('.'),
      edge: isOne ? edges.find(({ input }) => input.join('.') === id) : undefined,
    };
  });
}

/** The port of a card at which an edge ends. */
export function portOf({ input }: GraphEdge): string {
  return input.map((part) => (typeof part === 'number' ? '*' : part)).join('.');
}

/** What can be read of a step: its own rows, or its outputs by name. */
export function outputRefs(step: DraftStep): readonly string[] {
  const entry = verbEntry(step.verb);
  const outputs = step.outputs.map((output) => `${step.name}.${output}`);
  return entry?.isReadable === true ? [step.name, ...outputs] : outputs;
}

/** Whether a step may read from another: it hands rows on, the other takes some, and they do not make a circle. */
export function fits(graph: StepGraph, from: string, to: string): boolean {
  const [source, target] = [graph.steps.get(from), graph.steps.get(to)];
  if (source === undefined || target === undefined || from === to) return false;
  if (outputRefs(source).length === 0 || (verbEntry(target.verb)?.inputs.length ?? 0) === 0) return false;
  return !relatives(graph, to).after.has(from);
}

/** Takes a step out; who read from it reads from what it read first, where that is known. */
export function removeSteps(graph: StepGraph, names: readonly string[], isRewired: boolean): readonly Edit[] {
  const gone = new Set(names);
  const edits: Edit[] = [];
  if (isRewired) {
    for (const name of names) {
      for (const edge of graph.outOf.get(name) ?? []) {
        const source = sourceBefore(graph, name, gone);
        if (gone.has(edge.to) || source === undefined) continue;
        edits.push({ kind: 'connect', from: source, to: edge.to, input: edge.input });
      }
    }
  }
  return [...edits, ...names.map((name) => ({ kind: 'removeStep', name }) as const)];
}

/** Whether there is something to rewire. */
export function canRewire(graph: StepGraph, names: readonly string[]): boolean {
  const gone = new Set(names);
  return names.some(
    (name) =>
      sourceBefore(graph, name, gone) !== undefined &&
      graph.outOf.get(name)?.some(({ to }) => !gone.has(to)) === true,
  );
}

function sourceBefore(graph: StepGraph, name: string, gone: ReadonlySet<string>): string | undefined {
  const seen = new Set([name]);
  for (let at = name; ;) {
    const first = graph.into.get(at)?.[0];
    if (first === undefined || seen.has(first.from)) return undefined;
    if (!gone.has(first.from)) return first.ref;
    seen.add(first.from);
    at = first.from;
  }
}
