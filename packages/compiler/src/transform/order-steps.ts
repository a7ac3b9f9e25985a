import { stepInputs, stepVerb, type NamedStep } from '@millrace/spec';

import { checkedAgainst, hasChecks } from './check-step.ts';

/** How the steps of a document follow from each other, by their places in it. */
export interface StepOrder {
  /** All of them, each behind those that it waits for. */
  readonly places: readonly number[];
  /** Who waits for each; nobody where there is no list. */
  readonly readers: readonly (readonly number[] | undefined)[];
  /** How many others each waits for. */
  readonly waits: Int32Array;
  /** Sources that other steps than destinations read, or that checks read or are about: they are landed first. */
  readonly feeding: readonly number[];
  /** Steps that write tables. */
  readonly writing: readonly number[];
}

/** The graph has no circles. */
export function orderSteps(steps: readonly NamedStep[]): StepOrder {
  const byName = new Map<string, number>();
  for (const [place, named] of steps.entries()) byName.set(named[0], place);
  const waits = new Int32Array(steps.length);
  const readers: (number[] | undefined)[] = Array.from({ length: steps.length });
  const feeding = new Set<number>();
  const writing: number[] = [];
  const wait = (place: number, name: string, isForLoad: boolean): void => {
    const read = byName.get(name);
    const input = read === undefined ? undefined : steps[read]?.[1];
    if (read === undefined || input === undefined) return;
    if (!isForLoad && 'source' in input) feeding.add(read);
    const known = readers[read];
    // One that is read twice counts once.
    if (read === place || known?.at(-1) === place) return;
    if (known === undefined) readers[read] = [place];
    else known.push(place);
    waits[place] = (waits[place] ?? 0) + 1;
  };
  for (const [place, { 1: step }] of steps.entries()) {
    const verb = stepVerb(step);
    const isForLoad = verb.kind === 'load';
    for (const input of stepInputs(step)) wait(place, input.step, isForLoad);
    if (verb.writes) writing.push(place);
    if (!hasChecks(step)) continue;
    if ('source' in step) feeding.add(place);
    for (const name of checkedAgainst(step)) wait(place, name, false);
  }
  return { places: inOrder(readers, waits), readers, waits, feeding: [...feeding], writing };
}

function inOrder(readers: StepOrder['readers'], waits: Int32Array): readonly number[] {
  const places: number[] = [];
  for (const [place, count] of waits.entries()) if (count === 0) places.push(place);
  const open = waits.slice();
  // It grows while it is walked.
  for (const place of places) {
    for (const reader of readers[place] ?? []) {
      const left = (open[reader] ?? 0) - 1;
      open[reader] = left;
      if (left === 0) places.push(reader);
    }
  }
  return places;
}
