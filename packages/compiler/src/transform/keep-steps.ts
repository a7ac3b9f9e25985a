import { MappedList } from '@millrace/spec';

import type { MadeBefore } from '../made-before.ts';
import type { PlannedStep } from '../plan.ts';
import { FAILED } from './check-step.ts';
import type { CompiledStep } from './compiled-step.ts';

const SET_ASIDE = `.${FAILED}`;

/** How often relations are read. */
interface Readers {
  readonly bySteps: ReadonlyMap<string, number>;
  readonly byLoads: ReadonlyMap<string, number>;
}

/**
 * Decides which steps keep their rows in files. The others are computed within the steps that read them, in one
 * statement, so that DuckDB reads no column that nobody needs.
 */
export function keepSteps(
  steps: readonly CompiledStep[],
  published: readonly string[],
  checked: ReadonlyMap<string, unknown>,
  made: MadeBefore,
): readonly PlannedStep[] {
  const inputs = made.each('inputs', steps, (step) => step.inputs);
  const readers = made.recall('readers', keepSteps, [...inputs, ...published], (): Readers => ({
    bySteps: countNames(inputs.flatMap((read) => read.map(({ ref }) => ref))),
    byLoads: countNames(published),
  }));
  const isChecked = (ref: string) => checked.has(ref);
  const known = made.recall(
    'keeping',
    readers,
    [...checked.keys()],
    () => new MappedList<CompiledStep, PlannedStep>(),
  );
  return known.map(steps, (step) => {
    const keptBecause = reason(step, readers, isChecked);
    return keptBecause === null
      ? step
      : made.recall('kept', step, [keptBecause], () => ({ ...step, keptBecause }));
  });
}

function reason(
  { ref, code, incrementality, inputs: read, decisions }: CompiledStep,
  readers: Readers,
  isChecked: (ref: string) => boolean,
): string | null {
  if (isChecked(ref)) return 'its rows are checked';
  if (ref.endsWith(SET_ASIDE)) return 'they were set aside';
  if (code !== undefined) return 'its code is run once, not in each step that reads it';
  const bySteps = readers.bySteps.get(ref) ?? 0;
  const count = bySteps + (readers.byLoads.get(ref) ?? 0);
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

function countNames(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
