import { tasksBehind, type LoadTask, type Plan } from '@millrace/compiler';
import { foldRun, type RunEvent } from '@millrace/engine';

/**
 * The tasks of a plan that an earlier run did not get done, and all that is made of their rows. A task is done when the
 * earlier run published it, or found nothing new for it, as the plan has it now: what the document says otherwise since
 * then is done again.
 */
export function unfinishedTasks(
  plan: Plan,
  earlier: { readonly plan: Plan; readonly events: Iterable<RunEvent> },
): readonly LoadTask[] {
  const states = foldRun(earlier.events).tasks;
  const before = new Map(earlier.plan.tasks.map((task) => [task.id, JSON.stringify(task)]));
  const isDone = (task: LoadTask): boolean => {
    const status = states.get(task.id)?.status;
    return (status === 'published' || status === 'unchanged') && before.get(task.id) === JSON.stringify(task);
  };
  const open = new Set(plan.tasks.filter((task) => !isDone(task)).map(({ id }) => id));
  const landed = plan.tasks.filter(({ id }) => open.has(id)).map(({ destination }) => destination.table.name);
  for (const { id } of tasksBehind(plan, landed)) open.add(id);
  return plan.tasks.filter(({ id }) => open.has(id));
}
