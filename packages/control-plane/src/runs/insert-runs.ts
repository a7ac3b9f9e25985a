import type { Plan } from '@millrace/compiler';
import type { Kysely } from 'kysely';

import type { Lease } from '../lease/lease.ts';
import { insertNotices } from '../live/live-store.ts';
import type { Store } from '../store/open-store.ts';
import { storeNow } from '../store/store-clock.ts';
import type { StoreSchema } from '../store/store-schema.ts';
import type { RunOptions, RunTrigger } from './run-record.ts';
import { beginAttempt } from './run-transitions.ts';

type Db = Kysely<StoreSchema>;

export interface NewRun {
  readonly runId: string;
  readonly plan: Plan;
  readonly options: RunOptions;
}

/** A run as it is asked for: what it will do is known when its first attempt has looked. */
export interface AskedRun {
  readonly runId: string;
  readonly pipeline: string;
  readonly options: RunOptions;
  /** As they were given; the plan adds those that have a default. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly startedBy: RunTrigger;
  readonly rerunOf?: string;
  /** Milliseconds since 1970. */
  readonly slotAt?: number;
}

/** Records runs as `queued`. A second run for the slot of a schedule is left out. */
export async function insertQueued(db: Db, runs: readonly AskedRun[]): Promise<void> {
  const rows = runs.map((run) => ({
    run_id: run.runId,
    pipeline: run.pipeline,
    state: 'queued' as const,
    document_fingerprint: '',
    options: JSON.stringify({ ...run.options, parameters: run.parameters }),
    plan: 'null',
    reason: null,
    attempts: 0,
    started_at: storeNow,
    finished_at: null,
    queued_at: storeNow,
    available_at: storeNow,
    retries: 0,
    cancel_requested_at: null,
    slot_at: run.slotAt ?? null,
    rerun_of: run.rerunOf ?? null,
    started_by: JSON.stringify(run.startedBy),
  }));
  for (let start = 0; start < rows.length; start += 500) {
    await db
      .insertInto('runs')
      .values(rows.slice(start, start + 500))
      .onConflict((conflict) => conflict.columns(['pipeline', 'slot_at']).doNothing())
      .execute();
  }
  await insertNotices(
    db,
    runs.map(({ runId, pipeline }) => ({ kind: 'run', runId, pipeline, state: 'queued' })),
  );
}

/** Records a run that has a plan already, with its first attempt, in one transaction. */
export async function createRun(store: Store, lease: Lease, run: NewRun): Promise<void> {
  const { runId, plan, options } = run;
  await store.db.transaction().execute(async (db) => {
    await insertQueued(db, [
      {
        runId,
        pipeline: plan.pipeline,
        options,
        parameters: {},
        startedBy: { kind: 'command', by: null },
      },
    ]);
    await setPlan(db, runId, plan, options);
    await beginAttempt(db, lease, runId);
  });
  store.live.nudge();
}

/** Records what a run will do, once its first attempt knows. */
export async function setPlan(db: Db, runId: string, plan: Plan, options: RunOptions): Promise<void> {
  await db
    .updateTable('runs')
    .set({
      document_fingerprint: plan.documentFingerprint,
      options: JSON.stringify({ ...options, parameters: plan.parameters ?? {} }),
      plan: JSON.stringify(plan),
    })
    .where('run_id', '=', runId)
    .execute();
}

/** Puts a run into the queue. */
export async function enqueueRun(store: Store, run: AskedRun): Promise<void> {
  await store.db.transaction().execute((db) => insertQueued(db, [run]));
  store.live.nudge();
}

/** Records a run and begins its first attempt at once, for one who has the lease of its pipeline. */
export async function beginRun(store: Store, lease: Lease, run: AskedRun): Promise<void> {
  await store.db.transaction().execute(async (db) => {
    await insertQueued(db, [run]);
    await beginAttempt(db, lease, run.runId);
  });
  store.live.nudge();
}
