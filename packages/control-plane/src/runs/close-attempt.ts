import type { DatasetProfile, Plan } from '@millrace/compiler';
import { foldRun, type RunEvent, type RunOutcome } from '@millrace/engine';

import { registerDatasets } from '../catalogue/register-datasets.ts';
import { judgeTables, type JudgedTables } from '../history/judge-tables.ts';
import { saveMeasures } from '../history/table-history.ts';
import { releaseLease, type Lease } from '../lease/lease.ts';
import type { Store } from '../store/open-store.ts';
import { tryPart } from '../store/try-part.ts';
import type { EventLog } from './event-log.ts';
import { insertEvents } from './run-store.ts';
import { runWarning } from './run-warning.ts';

/** What an attempt wrote and told until now. */
export interface OpenAttempt {
  readonly runId: string;
  readonly attempt: number;
  readonly plan: Plan;
  /** Every event of the run, those of earlier attempts too. */
  readonly events: readonly RunEvent[];
  readonly profiles: ReadonlyMap<string, DatasetProfile>;
  /** Has the events that are not in the store yet. */
  readonly log: EventLog;
  /** Hears of those that come with the end. */
  readonly watch: (event: RunEvent) => void;
}

/** Says in the store what becomes of the run, as a part of a transaction; the events that come last of all. */
export type Decide = (db: Store['db']) => Promise<readonly RunEvent[]>;

/**
 * Leaves in the store what an attempt told and how it ended, in one commit: its events that are not written yet, what its
 * tables measured, their datasets, what becomes of its run; and its lease is given back. What cannot be taken in of the
 * measures fails no run: a warning says so.
 */
export async function closeAttempt(
  store: Store,
  lease: Lease,
  attempt: OpenAttempt,
  outcome: RunOutcome,
  decide: Decide,
): Promise<void> {
  const { runId, plan, profiles } = attempt;
  const at = Date.now();
  const state = { ...foldRun(attempt.events), runId };
  const warnings: RunEvent[] = [];
  const warn = (error: unknown): void =>
    void warnings.push(runWarning(runId, attempt.attempt, notTakenIn(error)));
  let judged: JudgedTables = { measured: [], anomalies: [] };
  try {
    // What a cancelled run measured is not compared; what it published is there all the same.
    if (outcome !== 'cancelled') judged = await judgeTables(store, plan, state, profiles, at);
  } catch (error) {
    warn(error);
  }
  const { measured, anomalies } = judged;
  const said = { at: new Date().toISOString(), runId, attempt: attempt.attempt };
  const found = anomalies.map((anomaly): RunEvent => ({ ...said, type: 'anomalyFound', ...anomaly }));
  await writeEnd(store, lease, attempt, async (db) => {
    const failure = await tryPart(db, async () => {
      await saveMeasures(db, { runId, pipeline: plan.pipeline, at }, measured);
      await registerDatasets(db, plan, state, anomalies, at);
    });
    if (failure !== undefined) warn(failure);
    return [...found, ...warnings, ...(await decide(db))];
  });
}

/** Writes the last events of an attempt with what `decide` says of its run, and gives the lease back, in one commit. */
export async function writeEnd(
  store: Store,
  lease: Lease,
  { log, watch }: Pick<OpenAttempt, 'log' | 'watch'>,
  decide: Decide,
): Promise<void> {
  const untold = await log.take();
  let told: readonly RunEvent[];
  try {
    told = await store.db.transaction().execute(async (db) => {
      const last = await decide(db);
      await insertEvents(db, [...untold, ...last]);
      await releaseLease({ db }, lease);
      return last;
    });
  } catch (error) {
    for (const event of untold) log.append(event);
    throw error;
  }
  store.live.nudge();
  for (const event of told) watch(event);
}

function notTakenIn(error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  return `What was measured could not be added to the history of the tables: ${reason}`;
}
