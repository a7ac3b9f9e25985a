import { formatTableName } from '@millrace/spec';

import { LANDING, STEPS, type LoadTask, type Plan } from '../plan.ts';

/** Tables of a plan that belong into one run: what is computed from the same sources, or loaded by the same step. */
export interface TaskGroup {
  readonly name: string;
  /** What `--tables` names to get exactly this group. */
  readonly tables: readonly string[];
}

/** Parts of a plan that need nothing of each other. */
export function groupTasks({ tasks, steps }: Pick<Plan, 'tasks' | 'steps'>): readonly TaskGroup[] {
  const roots = new Map<string, string>();
  const rootOf = (ref: string): string => {
    const parent = roots.get(ref) ?? ref;
    return parent === ref ? ref : rootOf(parent);
  };
  for (const { ref, inputs } of steps) for (const input of inputs) roots.set(rootOf(ref), rootOf(input.ref));
  const groups = new Map<string, { name: string; tables: string[] }>();
  const add = (key: string, task: LoadTask, table: string): void => {
    const group = groups.get(key) ?? { name: task.destinationStep, tables: [] };
    group.tables.push(table);
    groups.set(key, group);
  };
  for (const task of tasks) {
    const { source, destination } = task;
    if (destination.connection === LANDING) continue;
    if (source.connection === STEPS)
      add(`steps ${rootOf(source.table.table.name)}`, task, formatTableName(destination.table));
    else add(`load ${task.destinationStep}`, task, formatTableName(source.table.table));
  }
  return [...groups.values()];
}
