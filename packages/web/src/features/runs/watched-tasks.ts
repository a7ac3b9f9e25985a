import type { OperationOutput } from '@millrace/control-plane';

import type { TaskProgress } from './use-run-progress.ts';

type Task = OperationOutput<'runs/show-run'>['tasks'][number];

/** A table of a run as it is at this moment. */
export interface WatchedTask extends Task {
  /** Of a table in work as far as it is known, else over its whole time. */
  readonly rowsPerSecond: number | null;
}

/** The tables of a run as it is kept, with how far those in work are. */
export function watchedTasks(
  tasks: readonly Task[],
  progress: ReadonlyMap<string, TaskProgress>,
): readonly WatchedTask[] {
  return tasks.map((task): WatchedTask => {
    const now = task.state === 'running' ? progress.get(task.task) : undefined;
    return now === undefined ? { ...task, rowsPerSecond: overall(task) } : { ...task, ...now };
  });
}

function overall({ rows, durationMs }: Task): number | null {
  return durationMs === null || rows === 0 ? null : (rows / Math.max(1, durationMs)) * 1_000;
}
