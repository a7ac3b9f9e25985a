import type { LoadTask } from '@millrace/compiler';
import type { PublishedTable, SchemaChange, ServerIdentity } from '@millrace/connector-sdk';

import type { OpenDestination } from '../run/open-destination.ts';
import type { OpenSource } from '../run/open-source.ts';
import type { SchemaDrift } from '../run/run-event.ts';
import type { RunRequest } from '../run/run-request.ts';
import type { RunSession } from '../run/run-session.ts';
import { decideSteps, isRedefined } from '../steps/decide-steps.ts';
import { landAgain } from '../steps/land-again.ts';
import { applyDrift } from './apply-drift.ts';
import { decideLoad, type LoadDecision } from './decide-load.ts';

/** What is known of a load before anything is read: how both sides are now, and what follows. */
export interface PreparedLoad {
  readonly source: OpenSource;
  readonly destination: OpenDestination;
  readonly identity: ServerIdentity;
  readonly published: PublishedTable | undefined;
  /** With the schema of the source as it is now, after the contract was applied. */
  readonly task: LoadTask;
  /** What the destination has to change before the rows fit. */
  readonly changes: readonly SchemaChange[];
  /** Every difference to the plan, in words. */
  readonly differences: readonly string[];
  readonly decision: LoadDecision;
}

/** Looks at both sides and decides; `onDrift` hears of changes, also of those that stop the load. What `open` keeps of an earlier look is used again. */
export async function prepareLoad(
  session: RunSession,
  planned: LoadTask,
  { runId, isFullRefresh }: Pick<RunRequest, 'runId' | 'isFullRefresh'>,
  signal: AbortSignal,
  onDrift?: (drift: SchemaDrift) => void,
): Promise<PreparedLoad> {
  const [source, destination] = await Promise.all([
    session.source(planned.source.connection),
    session.destination(planned.destination.connection, signal),
  ]);
  const published = await destination.published(planned.destination.table, signal);
  const identity = await source.identity(signal);
  const current = await source.table(planned.source.table.table, signal);
  const { target } = destination;
  // A table that is built anew from other steps has nothing to keep of its columns.
  const isRebuilt = isFullRefresh || isRedefined(planned, published, session.steps);
  const drifted = applyDrift({
    planned,
    current,
    published,
    target,
    isFullRefresh: isRebuilt,
    ...(onDrift && { onDrift }),
  });
  const { task } = drifted;
  const { landing, plan } = session;
  const decided = await landAgain(
    decideLoad({ task, published, identity, runId, isFullRefresh }),
    task,
    landing,
    plan.pipeline,
  );
  const decision =
    decided.kind === 'steps'
      ? await decideSteps(
          decided,
          { task, published, source: session.steps, database: () => session.database() },
          signal,
        )
      : decided;
  return { source, destination, identity, published, ...drifted, decision };
}
