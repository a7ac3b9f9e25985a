import { LANDING, STEPS, type LoadTask, type Plan, type PlannedStep } from '../plan.ts';
import type { RelationColumn } from './joined-sources.ts';

/**
 * Columns that hold what a mask hides somewhere in the plan: those that are masked, what they come from, and what else is
 * made of that, unmasked again included. They are not to be shown to people, by relation.
 */
export function hiddenColumns({
  steps,
  tasks,
}: Pick<Plan, 'steps' | 'tasks'>): ReadonlyMap<string, ReadonlySet<string>> {
  const fields = new Map<string, readonly string[]>([
    ...tasks.filter(isLanded).map((task) => [task.destination.table.name, columnsOf(task)] as const),
    ...steps.map(({ ref, columns }) => [ref, columns.map(({ name }) => name)] as const),
  ]);
  const hidden = new Map<string, Set<string>>();
  const pending: RelationColumn[] = [];
  const hide = (ref: string, column: string): void => {
    const known = hidden.get(ref) ?? new Set();
    hidden.set(ref, known);
    if (known.has(column)) return;
    known.add(column);
    pending.push({ ref, column });
  };
  for (const { ref, reveals = [] } of steps) for (const column of reveals) hide(ref, column);
  for (const step of steps.filter(({ verb }) => verb === 'mask')) {
    const handedOn = new Set(
      step.columns
        .filter((made) => !isMasking(step, made))
        .flatMap(({ from }) => from.map(({ column }) => column)),
    );
    for (const { ref } of step.inputs)
      for (const column of fields.get(ref) ?? []) if (!handedOn.has(column)) hide(ref, column);
  }
  const byRef = new Map(steps.map((step) => [step.ref, step]));
  for (const { ref, column } of pending) {
    for (const { from } of byRef.get(ref)?.columns.filter(({ name }) => name === column) ?? [])
      for (const origin of from) hide(origin.ref, origin.column);
  }
  // What is made of a hidden column together with others does not hide those.
  const secrets = [...pending];
  for (const { ref, column } of secrets) {
    for (const step of steps) {
      for (const made of step.columns) {
        const isMade =
          made.from.some((origin) => origin.ref === ref && origin.column === column) ||
          (isUntold(step) && step.inputs.some((input) => input.ref === ref));
        if (!isMade || isMasking(step, made)) continue;
        if (hidden.get(step.ref)?.has(made.name) !== true) secrets.push({ ref: step.ref, column: made.name });
        hide(step.ref, made.name);
      }
    }
  }
  return hidden;
}

/** A query of the document whose columns could not be followed may make them of anything. */
function isUntold({ verb, columns }: PlannedStep): boolean {
  return verb === 'sql' && columns.every(({ from }) => from.length === 0);
}

function isMasking(
  { verb, reveals = [] }: PlannedStep,
  { name, from }: PlannedStep['columns'][number],
): boolean {
  return verb === 'mask' && !reveals.includes(name) && from.some(({ how }) => how === 'transformed');
}

function isLanded({ source, destination }: LoadTask): boolean {
  return source.connection !== STEPS && destination.connection === LANDING;
}

function columnsOf({ columns }: LoadTask): readonly string[] {
  return columns.map(({ field }) => field.name);
}
