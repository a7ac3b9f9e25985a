import { formatTableName } from '@millrace/spec';

import { checkRelations } from './checks/check-relations.ts';
import { LANDING, STEPS, type LoadTask, type Plan } from './plan.ts';

/**
 * The plan of some tables only. A source that steps read stands for everything that is made of it; a step, and a table
 * that is written from steps, for itself. What these need is taken along. No tasks when nothing is called so.
 */
export function narrowPlan(plan: Plan, isWanted: (name: string) => boolean): Plan {
  const inputs = new Map(plan.steps.map(({ ref, inputs }) => [ref, inputs.map((input) => input.ref)]));
  const needs = new Map<string, ReadonlySet<string>>();
  const needsOf = (ref: string): ReadonlySet<string> => {
    const known = needs.get(ref);
    if (known !== undefined) return known;
    const found = new Set([ref]);
    for (const next of found) for (const input of inputs.get(next) ?? []) found.add(input);
    needs.set(ref, found);
    return found;
  };
  const matches = (task: LoadTask) => taskNames(task).some(isWanted);
  const wantedSources = new Set(
    plan.tasks
      .filter(
        (task) =>
          task.source.connection !== STEPS && task.destination.connection === LANDING && matches(task),
      )
      .map((task) => task.destination.table.name),
  );
  const isTaken = (task: LoadTask): boolean => {
    if (matches(task)) return true;
    if (task.source.connection !== STEPS) return false;
    const needed = needsOf(task.source.table.table.name);
    return [...wantedSources].some((ref) => needed.has(ref));
  };
  const taken = new Set(plan.tasks.filter(isTaken));
  const needed = new Set(
    [...taken].flatMap((task) =>
      task.source.connection === STEPS ? [...needsOf(task.source.table.table.name)] : [],
    ),
  );
  // Rows that checks set aside belong to the rows that are checked.
  for (const { ref, verb, keptBecause } of plan.steps)
    if (verb === null && keptBecause !== null && inputs.get(ref)?.some((input) => needed.has(input)))
      for (const each of needsOf(ref)) needed.add(each);
  // What checks compare rows with has to be there too, and may be checked itself.
  const checked = plan.tasks.flatMap(({ checks, destination }) =>
    checks === undefined ? [] : [{ ref: destination.table.name, others: checkRelations(checks) }],
  );
  for (let size = -1; size !== needed.size;) {
    size = needed.size;
    for (const { ref, others } of checked)
      if (needed.has(ref)) for (const other of others) for (const each of needsOf(other)) needed.add(each);
  }
  const tasks = plan.tasks.filter(
    (task) =>
      taken.has(task) || (task.destination.connection === LANDING && needed.has(task.destination.table.name)),
  );
  return { ...plan, tasks, steps: plan.steps.filter(({ ref }) => needed.has(ref)) };
}

/** What a task can be called by: the source table, or the step and the table that its rows are written into. */
export function taskNames({ source, destination }: LoadTask): readonly string[] {
  const { table } = source.table;
  const isFromSteps = source.connection === STEPS;
  return [
    ...(isFromSteps ? [table.name] : [formatTableName(table), table.name]),
    ...(isFromSteps && destination.connection !== LANDING
      ? [formatTableName(destination.table), destination.table.name]
      : []),
  ];
}
