import { LANDING } from '@millrace/compiler';
import { toPlainPipelineError } from '@millrace/connector-sdk';

import { compactPackages } from '../package/compact-packages.ts';
import { retainPackages } from '../package/retain-packages.ts';
import type { TableLoad } from './table-load.ts';

/** Compacts and forgets packages. The table is published by then, so that what fails here is a warning. */
export async function keepHouse(
  { task, taskPath, session, published, runId, emit }: TableLoad,
  signal: AbortSignal,
): Promise<void> {
  // Nothing is old in the first package of a table; a thousand of them would be listed for nothing.
  if (published === undefined || session.isDry) return;
  try {
    await compactPackages(
      {
        database: () => session.database(),
        task,
        taskPath,
        currentRunId: runId,
        scratchFolder: session.folders.scratch,
      },
      signal,
    );
    const { keepPackages, keepBytes } = session.limits;
    // Steps compute what changed in a landed table from what it was before.
    const compared = task.destination.connection === LANDING ? 1 : 0;
    await retainPackages(taskPath, runId, { states: keepPackages, sizeBytes: keepBytes, compared });
  } catch (error) {
    emit({
      type: 'warning',
      task: task.id,
      message: `Old load packages could not be tidied up: ${toPlainPipelineError(error).message}`,
    });
  }
}
