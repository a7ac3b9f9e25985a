import type { MadeBefore } from '../made-before.ts';
import type { PlannedStep } from '../plan.ts';
import { FAILED } from './check-step.ts';
import type { CompiledStep } from './compiled-step.ts';

const SET_ASIDE = `.${FAILED}`;

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
  for (const { inputs } of steps) for (const { ref } of inputs) readers.set(ref, (readers.get(ref) ?? 0) + 1);
  const publishers = new Map<string, number>();
  for (const ref of published) publishers.set(ref, (publishers.get(ref) ?? 0) + 1);
  return steps.map((step): PlannedStep => {
    const keptBecause = reason(step);
    return keptBecause === null
      ? step
      : made.recall('kept', step, [keptBecause], () => ({ ...step, keptBecause }));
  });

  function reason({ ref, code, incrementality, inputs: read, decisions }: CompiledStep): string | null {
    if (checked.has(ref)) return 'its rows are checked';
    if (ref.endsWith(SET_ASIDE)) return 'they were set aside';
    if (code !== undefined) return 'its code is run once, not in each step that reads it';
    const bySteps = readers.get(ref) ?? 0;
    const count = bySteps + (publishers.get(ref) ?? 0);
    if (count > 1) {
      // Working a row through again costs less than writing and reading it.
      const isRowwise = incrementality.kind === 'rowwise' || decisions !== undefined;
      const isCheap = isRowwise && read.filter((input) => input.ref !== decisions).length === 1;
      if (!isCheap) return `it is read ${count} times`;
    }
    if (incrementality.kind === 'whole' && bySteps > 0)
      return 'it is computed from all rows each time; what reads it then sees only what changed';
    return null;
  }
}
