import { tasksBehind, type LoadTask, type Plan } from '@millrace/compiler';
import { foldRun, type RunEvent } from '@millrace/engine';

/** A run whose work counts for a later one. */
export interface EarlierRun {
  readonly plan: Plan;
  readonly events: Iterable<RunEvent>;
}

/**
 * The tasks of a plan that none of the earlier runs got done, and all that is made of their rows. A task is done when one
 * of them published it, or found nothing new for it, as the plan has it now: what the document says otherwise since then
 * is done again.
 */
export function unfinishedTasks(plan: Plan, earlier: readonly EarlierRun[]): readonly LoadTask[] {
  const done = new Set(
    earlier.flatMap((run) => {
      const states = foldRun(run.events).tasks;
      return run.plan.tasks
        .filter(({ id }) => ['published', 'unchanged'].includes(states.get(id)?.status ?? ''))
        .map((task) => JSON.stringify(task));
    }),
  );
  return withThoseBehind(
    plan,
    plan.tasks.filter((task) => !done.has(JSON.stringify(task))),
  );
}

/** Tasks of a plan with all that is made of their rows, in the order of the plan. */
export function withThoseBehind(plan: Plan, tasks: readonly LoadTask[]): readonly LoadTask[] {
  const chosen = new Set(tasks.map(({ id }) => id));
  const landed = tasks.map(({ destination }) => destination.table.name);
  for (const { id } of tasksBehind(plan, landed)) chosen.add(id);
  return plan.tasks.filter(({ id }) => chosen.has(id));
}
