import { stepInputs, stepVerb, type NamedStep } from '@millrace/spec';

import { checkedAgainst, hasChecks } from './check-step.ts';

/** How the steps of a document follow from each other, by their places in it. */
export interface StepOrder {
  /** Sources and steps that make rows of rows, those first that wait for nothing of the rest. */
  readonly levels: readonly (readonly number[])[];
  /** Sources that other steps than destinations read, or that checks read or are about: they are landed first. */
  readonly feeding: readonly number[];
  /** Steps that write tables. */
  readonly writing: readonly number[];
}

/** The graph has no circles. */
export function orderSteps(steps: readonly NamedStep[]): StepOrder {
  const places = new Map(steps.map(([name], place) => [name, place]));
  const kinds = steps.map(([, step]) => ('source' in step ? 'source' : stepVerb(step).kind));
  const open = new Int32Array(steps.length);
  const readers: number[][] = steps.map(() => []);
  const feeding = new Set<number>();
  let level: number[] = [];
  steps.forEach(([, step], place) => {
    if (kinds[place] === 'source' && hasChecks(step)) feeding.add(place);
    const wait = (name: string, isForLoad: boolean): void => {
      const read = places.get(name);
      if (read === undefined) return;
      if (kinds[read] === 'source' && !isForLoad) feeding.add(read);
      // One that is read twice counts once.
      if (read === place || readers[read]?.at(-1) === place) return;
      readers[read]?.push(place);
      open[place] = (open[place] ?? 0) + 1;
    };
    for (const input of stepInputs(step)) wait(input.step, kinds[place] === 'load');
    for (const name of checkedAgainst(step)) wait(name, false);
    if (open[place] === 0) level.push(place);
  });
  const levels: (readonly number[])[] = [];
  while (level.length > 0) {
    levels.push(level.filter((place) => kinds[place] === 'source' || kinds[place] === 'transform'));
    const next: number[] = [];
    for (const reader of level.flatMap((place) => readers[place] ?? [])) {
      const left = (open[reader] ?? 0) - 1;
      open[reader] = left;
      if (left === 0) next.push(reader);
    }
    level = next;
  }
  const writing = steps.flatMap(([, step], place) => (stepVerb(step).writes ? [place] : []));
  return { levels, feeding: [...feeding], writing };
}
