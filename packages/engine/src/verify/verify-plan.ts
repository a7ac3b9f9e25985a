import type { LoadTask } from '@millrace/compiler';
import { PipelineError } from '@millrace/connector-sdk';

import { applyDrift } from '../load/apply-drift.ts';
import type { RunContext, RunRequest } from '../run/run-request.ts';
import { RunSession } from '../run/run-session.ts';
import { verifyTask, type VerifyResult } from './verify-task.ts';

/** What a verification needs of a run request; it reads, and writes scratch files only. */
export type VerifyRequest = Pick<
  RunRequest,
  'plan' | 'runId' | 'connections' | 'maskKeys' | 'folders' | 'limits'
>;

/**
 * Compares each table of a plan with its source, one after the other, as they come. A table that cannot be compared is a
 * result that says why, and the others go on. Throws `PipelineError` when it is cancelled.
 */
export async function* verifyPlan(
  request: VerifyRequest,
  context: RunContext,
  signal: AbortSignal,
): AsyncGenerator<VerifyResult> {
  const session = new RunSession({ ...request, context });
  try {
    for (const planned of request.plan.tasks) yield await verifyPlanned(planned);
  } finally {
    await session.close();
  }

  async function verifyPlanned(planned: LoadTask): Promise<VerifyResult> {
    try {
      const source = await session.source(planned.source.connection);
      const destination = await session.destination(planned.destination.connection, signal);
      const published = await destination.published(planned.destination.table, signal);
      const current = await source.table(planned.source.table.table, signal);
      const { task } = applyDrift({
        planned,
        current,
        published,
        target: destination.target,
        isFullRefresh: false,
      });
      return await verifyTask({ task, source, destination, session, runId: request.runId }, signal);
    } catch (error) {
      if (signal.aborted || !(error instanceof PipelineError)) throw error;
      const counts = { rows: 0, onlySource: 0, onlyDestination: 0, differing: 0, changedSince: 0 };
      return { task: planned.id, isEqual: false, ...counts, examples: [], statement: error.message };
    }
  }
}
