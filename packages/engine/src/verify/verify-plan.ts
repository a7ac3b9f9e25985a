import { applyDrift } from '../load/apply-drift.ts';
import type { RunContext, RunRequest } from '../run/run-request.ts';
import { RunSession } from '../run/run-session.ts';
import { verifyTask, type VerifyResult } from './verify-task.ts';

/** What a verification needs of a run request; it reads, and writes scratch files only. */
export type VerifyRequest = Pick<RunRequest, 'plan' | 'runId' | 'connections' | 'folders' | 'limits'>;

/** Compares each table of a plan with its source, one after the other, as they come. Throws `PipelineError`. */
export async function* verifyPlan(
  request: VerifyRequest,
  context: RunContext,
  signal: AbortSignal,
): AsyncGenerator<VerifyResult> {
  const session = new RunSession({ ...request, context });
  try {
    for (const planned of request.plan.tasks) {
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
      yield await verifyTask({ task, source, destination, session, runId: request.runId }, signal);
    }
  } finally {
    await session.close();
  }
}
