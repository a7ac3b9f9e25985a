import { stepInputs, type Step } from '@millrace/spec';

import { checkedAgainst } from './check-step.ts';

type NamedStep = readonly [string, Step];

/** The steps, those that wait for nothing of the rest first. The graph has no circles. */
export function* orderSteps(steps: readonly NamedStep[]): Generator<readonly NamedStep[]> {
  const waiting = new Map(steps.map((step) => [step[0], { step, open: 0, readers: [] as string[] }]));
  let level: NamedStep[] = [];
  for (const [name, step] of steps) {
    const entry = waiting.get(name);
    if (entry === undefined) continue;
    for (const other of [...stepInputs(step).map((input) => input.step), ...checkedAgainst(step)]) {
      const read = other === name ? undefined : waiting.get(other);
      // One that is read twice counts once.
      if (read === undefined || read.readers.at(-1) === name) continue;
      read.readers.push(name);
      entry.open += 1;
    }
    if (entry.open === 0) level.push(entry.step);
  }
  while (level.length > 0) {
    yield level;
    const next: NamedStep[] = [];
    for (const [name] of level) {
      for (const reader of waiting.get(name)?.readers ?? []) {
        const entry = waiting.get(reader);
        if (entry === undefined) continue;
        entry.open -= 1;
        if (entry.open === 0) next.push(entry.step);
      }
    }
    level = next;
  }
}
