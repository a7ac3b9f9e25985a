import { formatTableName } from '@millrace/spec';

import { LANDING, STEPS, type LoadTask } from '../plan.ts';
import { titleKept, titleRelation } from './title-relation.ts';

/** A task as people see it. */
export interface TaskTitle {
  /** `shop.orders`, or the step whose rows are written. */
  readonly source: string;
  /** `mart.orders`, or `orders (kept here)`. */
  readonly table: string;
  /** The connection that is written to, or `this machine`. */
  readonly connection: string;
}

/** What each task writes, by its id, as a run names it: the connection is said where tables are called alike. */
export function titleTasks(
  tasks: readonly Pick<LoadTask, 'id' | 'source' | 'destination'>[],
): Readonly<Record<string, string>> {
  const titles = tasks.map((task) => ({ id: task.id, ...titleTask(task) }));
  const named = Map.groupBy(titles, ({ table }) => table);
  return Object.fromEntries(
    titles.map(({ id, table, connection }) => [
      id,
      named.get(table)?.length === 1 ? table : `${connection}:${table}`,
    ]),
  );
}

export function titleTask({ source, destination }: Pick<LoadTask, 'source' | 'destination'>): TaskTitle {
  const { name } = source.table.table;
  const isKept = destination.connection === LANDING;
  return {
    source: source.connection === STEPS ? titleRelation(name) : formatTableName(source.table.table),
    table: isKept ? titleKept(destination.table.name) : formatTableName(destination.table),
    connection: isKept ? 'this machine' : destination.connection,
  };
}
