import { diagnose, type Diagnostic } from '../diagnostic/diagnostic.ts';
import { nearestNames } from '../diagnostic/nearest-name.ts';
import type { DocumentPath, Locate } from '../diagnostic/source-range.ts';
import { entriesOf } from '../entries-of.ts';
import { checkStepReferences, readableNames, stepCheckReferences } from './check-references.ts';
import type { NamedStep } from './named-steps.ts';
import type { PipelineDocument } from './pipeline-document.ts';
import { parseStepReference, type StepReference } from './step-reference.ts';
import { stepInputs, stepOutputs, stepVerb, type Step } from './step.ts';

/** What is wrong with the connections between the steps of a pipeline. */
export function checkGraph(document: PipelineDocument, locate: Locate): readonly Diagnostic[] {
  const named = entriesOf(document.steps);
  const { diagnostics, used } = checkConnections(document, [], locate);
  const unused: Diagnostic[] = [];
  for (const [name, step] of named) {
    if (used.has(name) || readableNames(name, step).length === 0) continue;
    const path = ['steps', name];
    unused.push(diagnose('sourceUnused', { step: name }, { path, range: locate(path, 'key') }));
  }
  if (!named.some(([, step]) => stepVerb(step).writes))
    unused.push(diagnose('nothingToDo', {}, { path: ['steps'], range: locate(['steps'], 'key') }));
  return [...diagnostics, ...unused];
}

/** Whether nothing is wrong with the connections; in one pass, for large documents. When in doubt, false. */
export function isGraphSound(named: readonly NamedStep[]): boolean {
  const places = new Map<string, number>();
  for (const [place, written] of named.entries()) places.set(written[0], place);
  /** How many readers of each step are not done. */
  const readers = new Int32Array(named.length);
  const needs: (readonly number[])[] = [];
  let hasWriter = false;
  for (const [name, step] of named) {
    const needed: number[] = [];
    const checked = 'checks' in step ? stepCheckReferences(step) : [];
    for (const { from } of checked.length === 0 ? stepInputs(step) : [...stepInputs(step), ...checked]) {
      const reference = parseStepReference(from);
      const place = places.get(reference.step) ?? -1;
      const input = named[place]?.[1];
      if (input === undefined || reference.step === name || !isReadable(input, reference)) return false;
      needed.push(place);
      readers[place] = (readers[place] ?? 0) + 1;
    }
    needs.push(needed);
    hasWriter ||= stepVerb(step).writes;
  }
  const done: number[] = [];
  for (const [place, [name, step]] of named.entries()) {
    if (readers[place] !== 0) continue;
    if (stepVerb(step).isReadable || readableNames(name, step).length > 0) return false;
    done.push(place);
  }
  // Who has no reader left is done; in a circle there always is one.
  for (const place of done) {
    for (const other of needs[place] ?? []) {
      const left = (readers[other] ?? 0) - 1;
      readers[other] = left;
      if (left === 0) done.push(other);
    }
  }
  return hasWriter && done.length === named.length;
}

/** Steps that read each other, and rows from outside by the names of `inputs`. */
export function checkConnections(
  document: Pick<PipelineDocument, 'steps'>,
  inputs: readonly string[],
  locate: Locate,
): { readonly diagnostics: readonly Diagnostic[]; readonly used: ReadonlySet<string> } {
  const diagnostics: Diagnostic[] = [];
  const steps = new Map(Object.entries(document.steps));
  let all: readonly string[] | undefined;
  const readable = () =>
    (all ??= [...inputs, ...[...steps].flatMap(([name, step]) => readableNames(name, step))]);
  const used = new Set<string>();
  for (const [name, step] of steps) {
    for (const { path: slot, from } of stepInputs(step)) {
      const reference = parseStepReference(from);
      used.add(reference.step);
      if (inputs.includes(from)) continue;
      const input = steps.get(reference.step);
      if (input !== undefined && isReadable(input, reference)) continue;
      const path: DocumentPath = ['steps', name, ...slot];
      const place = { path, range: locate(path) };
      const offer = (candidates: readonly string[]) =>
        candidates.map((value) => ({ kind: 'setField', path, value }) as const);
      if (input === undefined) {
        const near = nearestNames(from, readable());
        const candidates = near.length > 0 ? near : readable().length === 1 ? readable() : [];
        diagnostics.push(
          diagnose(
            'stepUnknown',
            { step: name, from, nearest: candidates },
            { ...place, fixes: offer(candidates) },
          ),
        );
        continue;
      }
      if (stepOutputs(input).length > 0 || reference.output !== undefined) {
        const known = readableNames(reference.step, input);
        const near = nearestNames(from, known);
        const params = { step: name, from, nearest: near, known };
        diagnostics.push(diagnose('outputUnknown', params, { ...place, fixes: offer(near) }));
      } else if (from !== name) {
        diagnostics.push(
          diagnose('stepNotReadable', { step: name, from, verb: stepVerb(input).name }, place),
        );
      }
    }
  }
  for (const step of steps.values())
    for (const { from } of stepCheckReferences(step)) used.add(parseStepReference(from).step);
  diagnostics.push(...checkStepReferences(steps, inputs, locate));
  for (const cycle of findCycles(steps)) {
    const path = ['steps', cycle[0] ?? ''];
    diagnostics.push(diagnose('stepCycle', { steps: cycle }, { path, range: locate(path, 'key') }));
  }
  return { diagnostics, used };
}

function isReadable(step: Step, { output }: StepReference): boolean {
  return output === undefined ? stepVerb(step).isReadable : stepOutputs(step).includes(output);
}

/** The steps whose rows a step needs before it is done. A step is done when its checks are, so what they read counts. */
function neededSteps(name: string, step: Step, steps: ReadonlyMap<string, Step>): readonly string[] {
  const inputs = stepInputs(step).map((input) => input.step);
  if (!('checks' in step)) return inputs;
  const checked = stepCheckReferences(step).flatMap(({ from }) => {
    const other = parseStepReference(from).step;
    const found = steps.get(other);
    return found === undefined || other === name || readableNames(other, found).length === 0 ? [] : [other];
  });
  return [...inputs, ...checked];
}

/** Circles of steps, each once, closed by its first name. */
function findCycles(steps: ReadonlyMap<string, Step>): readonly (readonly string[])[] {
  const inputs = new Map([...steps].map(([name, step]) => [name, neededSteps(name, step, steps)]));
  const cycles: string[][] = [];
  const done = new Set<string>();
  for (const start of inputs.keys()) {
    if (done.has(start)) continue;
    const trail: string[] = [];
    const onTrail = new Set<string>();
    const pending: { name: string; next: number }[] = [{ name: start, next: 0 }];
    while (pending.length > 0) {
      const current = pending.at(-1);
      if (current === undefined) break;
      if (current.next === 0 && !done.has(current.name)) {
        trail.push(current.name);
        onTrail.add(current.name);
      }
      const input = done.has(current.name) ? undefined : inputs.get(current.name)?.[current.next];
      current.next += 1;
      if (input === undefined) {
        pending.pop();
        if (onTrail.delete(current.name)) trail.pop();
        done.add(current.name);
      } else if (onTrail.has(input)) {
        cycles.push([...trail.slice(trail.indexOf(input)), input]);
      } else if (!done.has(input)) {
        pending.push({ name: input, next: 0 });
      }
    }
  }
  return cycles;
}
