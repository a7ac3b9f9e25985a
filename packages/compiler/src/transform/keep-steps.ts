import type { MadeBefore } from '../made-before.ts';
import type { PlannedStep } from '../plan.ts';
import { FAILED } from './check-step.ts';
import type { CompiledStep } from './compiled-step.ts';

/**
 * Decides which steps keep their rows in files. The others are computed within the steps that read them, in one
 * statement, so that DuckDB reads no column that nobody needs.
 */
export function keepSteps(
  steps: readonly CompiledStep[],
  published: readonly string[],
  checked: { has(ref: string): boolean },
  made: MadeBefore,
): readonly PlannedStep[] {
  const readers = new Map<string, number>();
  const readBySteps = new Set<string>();
  for (const { inputs } of steps) {
    for (const { ref } of inputs) {
      readers.set(ref, (readers.get(ref) ?? 0) + 1);
      readBySteps.add(ref);
    }
  }
  for (const ref of published) readers.set(ref, (readers.get(ref) ?? 0) + 1);
  return steps.map((step) => {
    const keptBecause = reason(step);
    return made.recall('step', step, [keptBecause], (): PlannedStep => ({ ...step, keptBecause }));
  });

  function reason(step: CompiledStep): string | null {
    if (checked.has(step.ref)) return 'its rows are checked';
    if (step.ref.endsWith(`.${FAILED}`)) return 'they were set aside';
    if (step.code !== undefined) return 'its code is run once, not in each step that reads it';
    const count = readers.get(step.ref) ?? 0;
    // Working a row through again costs less than writing and reading it.
    const { decisions, inputs, incrementality } = step;
    const read = inputs.filter(({ ref }) => ref !== decisions);
    const isRowwise = incrementality.kind === 'rowwise' || decisions !== undefined;
    const isCheap = isRowwise && read.length === 1;
    if (count > 1 && !isCheap) return `it is read ${count} times`;
    if (step.incrementality.kind === 'whole' && readBySteps.has(step.ref))
      return 'it is computed from all rows each time; what reads it then sees only what changed';
    return null;
  }
}
