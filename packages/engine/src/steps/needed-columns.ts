import type { PlannedStep } from '@millrace/compiler';

/**
 * The columns of each relation that the rows of a target depend on, as the lineage tells; undefined for a relation of
 * which all are. What a column holds that is not among them can be anything.
 */
export function neededColumns(
  target: string,
  steps: ReadonlyMap<string, PlannedStep>,
): ReadonlyMap<string, ReadonlySet<string> | undefined> {
  const needed = new Map<string, Set<string> | undefined>([[target, undefined]]);
  const pending = [target];
  for (const ref of pending) {
    const step = steps.get(ref);
    if (step === undefined) continue;
    const wanted = needed.get(ref);
    const columns = step.columns.filter(({ name }) => wanted === undefined || wanted.has(name));
    for (const input of new Set(step.inputs.map((each) => each.ref))) {
      const known = needed.get(input);
      if (needed.has(input) && known === undefined) continue;
      const before = known?.size;
      const all = readsAll(step);
      const next = all ? undefined : new Set([...(known ?? []), ...readOf(step, input, columns)]);
      needed.set(input, next);
      if (next === undefined || next.size !== before) pending.push(input);
    }
  }
  return needed;
}

/** A query of the document whose lineage could not be told may read anything; a row that was decided about is known by all its columns. */
function readsAll(step: PlannedStep): boolean {
  if (step.decisions !== undefined) return true;
  return step.incrementality.kind === 'whole' || step.columns.every(({ from }) => from.length === 0);
}

function readOf(step: PlannedStep, input: string, columns: PlannedStep['columns']): readonly string[] {
  const { incrementality, uses } = step;
  const alias = step.inputs.filter(({ ref }) => ref === input).map((each) => each.alias);
  const parts =
    incrementality.kind === 'partitioned'
      ? alias.flatMap((name) => (incrementality.by[name] ?? []).flatMap((each) => each.columns))
      : [];
  return [
    ...columns.flatMap(({ from }) => from.filter(({ ref }) => ref === input).map(({ column }) => column)),
    ...uses.filter(({ ref }) => ref === input).map(({ column }) => column),
    ...parts,
  ];
}
