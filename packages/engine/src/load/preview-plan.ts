import type { LoadTask } from '@millrace/compiler';
import { PipelineError, throwIfCancelled } from '@millrace/connector-sdk';

import { lookAround } from '../run/look-around.ts';
import type { SchemaDrift } from '../run/run-event.ts';
import type { RunContext, RunRequest } from '../run/run-request.ts';
import { RunSession } from '../run/run-session.ts';
import { readMode } from './decide-load.ts';
import { heldDrift } from './held-drift.ts';
import { prepareLoad } from './prepare-load.ts';
import { readRequest } from './read-request.ts';

/** What a preview needs of a run request; it reads no rows and writes nothing. */
export type PreviewRequest = Pick<
  RunRequest,
  'plan' | 'runId' | 'connections' | 'folders' | 'limits' | 'isFullRefresh'
>;

/** How one table would be loaded now. */
export interface LoadPreview {
  readonly task: string;
  /** How rows would be read: `stops` when they would not be. */
  readonly mode: 'full' | 'incremental' | 'newFiles' | 'stops';
  readonly reason: string;
  /** What the connector would run at the source; null when the load stops before it. */
  readonly statement: string | null;
  /** How the destination's table differs from the plan, in words. */
  readonly differences: readonly string[];
  /** How the source differs from what was, also where that stops the load. */
  readonly drift: SchemaDrift | null;
  readonly publishedVersion: number | null;
}

/** Takes the decisions of a run for each table and stops before the first row. Throws `PipelineError`. */
export async function previewPlan(
  request: PreviewRequest,
  context: RunContext,
  signal: AbortSignal,
): Promise<readonly LoadPreview[]> {
  const session = new RunSession({ ...request, context });
  const { tasks } = request.plan;
  try {
    // A destination that does not open is wrong for all tables, and said once.
    for (const connection of new Set(tasks.map((task) => task.destination.connection)))
      await session.destination(connection, signal);
    await lookAround(
      session,
      tasks.filter(({ held }) => held === undefined),
      signal,
    );
    return await Promise.all(tasks.map((task) => previewLoad(session, task, request, signal)));
  } finally {
    await session.close();
  }
}

async function previewLoad(
  session: RunSession,
  planned: LoadTask,
  request: PreviewRequest,
  signal: AbortSignal,
): Promise<LoadPreview> {
  if (planned.held !== undefined) {
    const { reason } = planned.held;
    return {
      task: planned.id,
      mode: 'stops',
      reason,
      statement: null,
      differences: [],
      drift: heldDrift(planned, planned.held),
      publishedVersion: null,
    };
  }
  const destination = await session.destination(planned.destination.connection, signal);
  const published = await destination.published(planned.destination.table, signal);
  let drift: SchemaDrift | null = null;
  const known = { task: planned.id, publishedVersion: published?.record?.version ?? null };
  try {
    const { task, source, decision, differences } = await prepareLoad(
      session,
      planned,
      request,
      signal,
      (told) => {
        drift = told;
      },
    );
    if (decision.kind === 'adopt')
      throw new TypeError(`A preview has the identity of the run ${decision.record.runId}.`);
    const statement = await source.describeRead(readRequest(task, decision, request.folders.scratch), signal);
    return { ...known, mode: readMode(decision), reason: decision.reason, statement, differences, drift };
  } catch (error) {
    throwIfCancelled(signal);
    if (!(error instanceof PipelineError) || error.retry !== 'never') throw error;
    return { ...known, mode: 'stops', reason: error.message, statement: null, differences: [], drift };
  }
}
