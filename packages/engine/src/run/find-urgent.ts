import { LANDING, STEPS, type LoadTask } from '@millrace/compiler';

import { readLoadPosition } from '../load/load-position.ts';
import { readStepsPosition } from '../steps/steps-position.ts';
import type { RunSession } from './run-session.ts';

/**
 * The tasks whose steps were edited, and those whose rows they read. They are computed in full, so they begin first, and
 * whether the others have anything new is found out meanwhile. `described` are the destinations that told what they hold.
 */
export async function findUrgent(
  session: RunSession,
  tasks: readonly LoadTask[],
  described: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<ReadonlySet<LoadTask>> {
  const isEdited = await Promise.all(
    tasks.map(
      async (task) =>
        task.held === undefined &&
        task.source.connection === STEPS &&
        described.has(task.destination.connection) &&
        (await wasEdited(session, task, signal)),
    ),
  );
  const landing = new Map(
    tasks
      .filter(({ destination }) => destination.connection === LANDING)
      .map((task) => [task.destination.table.name, task]),
  );
  const urgent = new Set(tasks.filter((_, index) => isEdited[index]));
  for (const task of urgent) {
    if (task.source.connection !== STEPS) continue;
    for (const ref of session.steps.graph.datasetsOf(task)) {
      const read = landing.get(ref);
      if (read !== undefined) urgent.add(read);
    }
  }
  return urgent;
}

async function wasEdited(session: RunSession, task: LoadTask, signal: AbortSignal): Promise<boolean> {
  const destination = await session.destination(task.destination.connection, signal);
  const record = (await destination.published(task.destination.table, signal))?.record;
  if (record === undefined || record === null) return false;
  const saved = readLoadPosition(record.position);
  const before = saved && readStepsPosition(saved.source);
  return before !== undefined && before.definition !== session.steps.definitionOf(task);
}
