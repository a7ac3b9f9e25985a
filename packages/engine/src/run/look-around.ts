import type { LoadTask } from '@millrace/compiler';
import type { TableName } from '@millrace/spec';

import type { RunSession } from './run-session.ts';

/**
 * Asks each destination and each source about all their tables at once; a thousand questions one by one would cost more
 * than loading nothing new. What fails here is asked again by each table, and fails or passes there. Returns the destinations
 * that answered.
 */
export async function lookAround(
  session: RunSession,
  tasks: readonly LoadTask[],
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const described = new Set<string>();
  const targets = groupTables(tasks, (task) => [task.destination.connection, task.destination.table]);
  const origins = groupTables(tasks, (task) => [task.source.connection, task.source.table.table]);
  await Promise.allSettled([
    ...[...targets].map(async ([connection, tables]) => {
      await (await session.destination(connection, signal)).describe(tables, signal);
      described.add(connection);
    }),
    ...[...origins].map(async ([connection, tables]) => {
      const source = await session.source(connection);
      // In turn, by one thread: a second one takes longer to start than either answer.
      await source.identity(signal);
      await source.discover(tables, signal);
    }),
  ]);
  return described;
}

function groupTables(
  tasks: readonly LoadTask[],
  pick: (task: LoadTask) => readonly [string, TableName],
): ReadonlyMap<string, readonly TableName[]> {
  const groups = new Map<string, TableName[]>();
  for (const task of tasks) {
    const [connection, table] = pick(task);
    const group = groups.get(connection);
    if (group === undefined) groups.set(connection, [table]);
    else group.push(table);
  }
  return groups;
}
