import type { RunOutcome } from '@millrace/engine';
import type { Kysely } from 'kysely';
import { sql } from 'kysely';

import type { Lease } from '../lease/lease.ts';
import { pidOf } from '../lease/process-identity.ts';
import { insertNotices } from '../live/live-store.ts';
import type { Store } from '../store/open-store.ts';
import { storeNow } from '../store/store-clock.ts';
import type { StoreSchema } from '../store/store-schema.ts';
import type { RunRecord } from './run-record.ts';

type Db = Kysely<StoreSchema>;

/** Takes a waiting run: the number of its new attempt, or undefined when it waits no more. Part of a transaction. */
export async function beginAttempt(db: Db, lease: Lease, runId: string): Promise<number | undefined> {
  const row = await db
    .updateTable('runs')
    .set((expression) => ({
      state: 'running',
      attempts: expression('attempts', '+', 1),
      started_at: sql<number>`case when attempts = 0 then ${storeNow} else started_at end`,
    }))
    .where('run_id', '=', runId)
    .where('state', '=', 'queued')
    .returning(['attempts', 'pipeline'])
    .executeTakeFirst();
  if (row === undefined) return undefined;
  await insertAttempt(db, lease, runId, row.attempts);
  await db.updateTable('leases').set({ run_id: runId }).where('name', '=', lease.name).execute();
  await insertNotices(db, [{ kind: 'run', runId, pipeline: row.pipeline, state: 'running' }]);
  return row.attempts;
}

/** Closes the open attempts of a running run and records the next one; the number of the new attempt. */
export async function resumeRun(store: Store, lease: Lease, runId: string): Promise<number> {
  return await store.db.transaction().execute(async (db) => {
    await closeLostAttempts(db, runId);
    const { attempts } = await db
      .updateTable('runs')
      .set((expression) => ({ attempts: expression('attempts', '+', 1) }))
      .where('run_id', '=', runId)
      .where('state', '=', 'running')
      .returning('attempts')
      .executeTakeFirstOrThrow();
    await insertAttempt(db, lease, runId, attempts);
    return attempts;
  });
}

async function insertAttempt(db: Db, lease: Lease, runId: string, attempt: number): Promise<void> {
  await db
    .insertInto('run_attempts')
    .values({
      run_id: runId,
      attempt,
      fence_token: lease.fenceToken,
      owner: lease.owner,
      started_at: storeNow,
      finished_at: null,
      outcome: null,
      reason: null,
    })
    .execute();
}

/** Says of the attempts that nobody ended that their process did. */
export async function closeLostAttempts(db: Db, runId: string): Promise<void> {
  const open = await db
    .selectFrom('run_attempts')
    .select(['attempt', 'owner'])
    .where('run_id', '=', runId)
    .where('finished_at', 'is', null)
    .execute();
  for (const { attempt, owner } of open)
    await closeAttempt(db, runId, attempt, 'lost', `The process ${pidOf(owner)} ended without finishing it.`);
}

async function closeAttempt(
  db: Db,
  runId: string,
  attempt: number,
  outcome: string,
  reason: string | null,
): Promise<void> {
  await db
    .updateTable('run_attempts')
    .set({ finished_at: storeNow, outcome, reason })
    .where('run_id', '=', runId)
    .where('attempt', '=', attempt)
    .where('finished_at', 'is', null)
    .execute();
}

/** Ends an attempt without ending its run: another attempt takes it up. */
export async function endAttempt(
  store: Store,
  runId: string,
  attempt: number,
  outcome: string,
  reason: string,
): Promise<void> {
  await closeAttempt(store.db, runId, attempt, outcome, reason);
}

/** How an attempt ended that another one is to follow. */
export interface AttemptEnd {
  readonly outcome: 'failed' | 'lost' | 'released';
  readonly reason: string;
  /** Before the next attempt. */
  readonly afterMs: number;
  /** Counts against the retries of the run: it failed by itself. */
  readonly isRetry: boolean;
}

/** Puts a running run back into the queue, if the lease is still ours. False when it was not. */
export async function requeueRun(
  store: Store,
  lease: Lease,
  runId: string,
  end: AttemptEnd,
): Promise<boolean> {
  const state = await store.db.transaction().execute((db) => putBack(db, lease, runId, end));
  store.live.nudge();
  return state !== undefined;
}

/**
 * The same as part of a transaction; the state of the run then, undefined when the lease was not ours. A run that somebody
 * wants cancelled does not wait again: it ends.
 */
export async function putBack(
  db: Db,
  lease: Lease,
  runId: string,
  { outcome, reason, afterMs, isRetry }: AttemptEnd,
): Promise<'queued' | 'cancelled' | undefined> {
  const row = await whileHeld(db, lease, runId)
    .where('cancel_requested_at', 'is', null)
    .set((expression) => ({
      state: 'queued',
      reason,
      available_at: sql<number>`${storeNow} + ${afterMs}`,
      retries: expression('retries', '+', isRetry ? 1 : 0),
    }))
    .returning(['attempts', 'pipeline'])
    .executeTakeFirst();
  if (row === undefined)
    return (await finish(db, lease, runId, 'failed', reason)).isNew ? 'cancelled' : undefined;
  await closeAttempt(db, runId, row.attempts, outcome, reason);
  await releaseTables(db, runId);
  await insertNotices(db, [{ kind: 'run', runId, pipeline: row.pipeline, state: 'queued' }]);
  return 'queued';
}

/**
 * Ends a run, if the lease is still ours: a process that lost it must not decide about the run of its successor. A state
 * that is terminal already stays; false then.
 */
export async function finishRun(
  store: Store,
  lease: Lease,
  runId: string,
  state: RunOutcome,
  reason: string | null,
): Promise<boolean> {
  const { isNew } = await store.db.transaction().execute((db) => finish(db, lease, runId, state, reason));
  store.live.nudge();
  return isNew;
}

/** How a run ended. */
export interface RunEnd {
  /** By this call, and not before. */
  readonly isNew: boolean;
  /** Undefined when it has not: its lease is another's. */
  readonly state: RunOutcome | undefined;
}

/**
 * The same as part of a transaction. What fails after somebody wanted it cancelled is cancelled, for the reason that they
 * gave: its failure may be the consequence, and nobody waits for another try.
 */
export async function finish(
  db: Db,
  lease: Lease,
  runId: string,
  state: RunOutcome,
  reason: string | null,
): Promise<RunEnd> {
  const isCancelled = sql<boolean>`${sql.val(state)} = 'failed' and cancel_requested_at is not null`;
  const row = await whileHeld(db, lease, runId)
    .set({
      state: sql<RunOutcome>`case when ${isCancelled} then 'cancelled' else ${state} end`,
      reason: sql<string | null>`case when ${isCancelled} then reason else ${reason} end`,
      finished_at: storeNow,
    })
    .returning(['pipeline', 'state', 'reason'])
    .executeTakeFirst();
  if (row === undefined) return { isNew: false, state: await outcomeOf(db, runId) };
  const ended: RunOutcome = row.state === 'cancelled' ? 'cancelled' : state;
  await closeEnded(db, { runId, pipeline: row.pipeline, state: ended }, row.reason);
  return { isNew: true, state: ended };
}

async function outcomeOf(db: Db, runId: string): Promise<RunOutcome | undefined> {
  const row = await db.selectFrom('runs').select('state').where('run_id', '=', runId).executeTakeFirst();
  return row === undefined || row.state === 'queued' || row.state === 'running' ? undefined : row.state;
}

/** What goes with the end of a run: its open attempts, and its hold on tables. */
export async function closeEnded(
  db: Db,
  { runId, pipeline, state }: Pick<RunRecord, 'runId' | 'pipeline' | 'state'>,
  reason: string | null,
): Promise<void> {
  await db
    .updateTable('run_attempts')
    .set({ finished_at: storeNow, outcome: state, reason })
    .where('run_id', '=', runId)
    .where('finished_at', 'is', null)
    .execute();
  await releaseTables(db, runId);
  await insertNotices(db, [{ kind: 'run', runId, pipeline, state }]);
}

function whileHeld(db: Db, lease: Lease, runId: string) {
  return db
    .updateTable('runs')
    .where('run_id', '=', runId)
    .where('state', 'in', ['queued', 'running'])
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('leases')
          .select('name')
          .where('name', '=', lease.name)
          .where('fence_token', '=', lease.fenceToken),
      ),
    );
}

/** Lets others write the tables of a run. */
export async function releaseTables(db: Db, runId: string): Promise<void> {
  await db.deleteFrom('table_writers').where('run_id', '=', runId).execute();
}

/** Takes a run back that never did anything, if the lease is still ours. */
export async function forgetRun(store: Store, lease: Lease, runId: string): Promise<void> {
  await store.db.transaction().execute(async (db) => {
    const row = await whileHeld(db, lease, runId)
      .set({ state: 'cancelled' })
      .returning('pipeline')
      .executeTakeFirst();
    if (row === undefined) return;
    await db.deleteFrom('run_attempts').where('run_id', '=', runId).execute();
    await db.deleteFrom('run_events').where('run_id', '=', runId).execute();
    await db.deleteFrom('runs').where('run_id', '=', runId).execute();
    await insertNotices(db, [{ kind: 'run', runId, pipeline: row.pipeline, state: 'cancelled' }]);
  });
  store.live.nudge();
}
