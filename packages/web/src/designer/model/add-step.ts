import { freeName, type DocumentValue, type Edit, type VerbName } from '@millrace/spec';

import type { Place } from './grid.ts';
import { outputRefs } from './connect-steps.ts';
import type { GraphEdge, StepGraph } from './step-graph.ts';
import { verbEntry } from './verb-entries.ts';

/** What is added, and where it belongs. */
export interface NewStep {
  readonly verb: VerbName;
  /** Settings that are known already: a connection, a table. */
  readonly settings?: { readonly [key: string]: DocumentValue };
  readonly name?: string;
  /** It reads from these, in the order of its inputs. */
  readonly after?: readonly string[];
  /** It comes between the two. */
  readonly onEdge?: GraphEdge;
  readonly at?: Place;
}

/** The edits that add a step, and its name. */
export function addStep(
  graph: StepGraph,
  step: NewStep,
): { readonly name: string; readonly edits: readonly Edit[] } {
  const { verb, settings = {}, after = [], onEdge, at } = step;
  const name = freeName(step.name ?? defaultName(verb, settings), new Set(graph.steps.keys()));
  const sources = onEdge === undefined ? after.flatMap((from) => readableRef(graph, from)) : [onEdge.ref];
  const isReader = (verbEntry(verb)?.inputs.length ?? 0) > 0;
  const edits: Edit[] = [{ kind: 'addStep', name, step: { [verb]: settings } }];
  if (isReader) for (const from of sources) edits.push({ kind: 'connect', from, to: name });
  if (onEdge !== undefined && verbEntry(verb)?.isReadable === true)
    edits.push({ kind: 'connect', from: name, to: onEdge.to, input: onEdge.input });
  if (at !== undefined) edits.push({ kind: 'moveStep', name, at });
  return { name, edits };
}

function readableRef(graph: StepGraph, from: string): readonly string[] {
  const step = graph.steps.get(from);
  return step === undefined ? [] : outputRefs(step).slice(0, 1);
}

/** `orders` for a source of shop.orders, else the verb. */
function defaultName(verb: VerbName, settings: { readonly [key: string]: DocumentValue }): string {
  const { table } = settings;
  const last = typeof table === 'string' ? table.split('.').at(-1) : undefined;
  const name = last?.replaceAll(/[^A-Za-z0-9_-]/g, '_').replace(/^[^A-Za-z]+/, '') ?? '';
  if (name === '') return verb;
  return verb === 'destination' ? `publish${name.charAt(0).toUpperCase()}${name.slice(1)}` : name;
}
