import type { Kysely } from 'kysely';
import { sql } from 'kysely';

import { tryClaim, type Lease } from '../lease/lease.ts';
import { pipelineLease } from '../runs/run-lease.ts';
import { beginAttempt } from '../runs/run-transitions.ts';
import type { Store } from '../store/open-store.ts';
import { storeNow } from '../store/store-clock.ts';
import type { StoreSchema } from '../store/store-schema.ts';

/** A run whose next attempt is ours, with the lease of its pipeline. */
export interface ClaimedRun {
  readonly runId: string;
  readonly pipeline: string;
  readonly attempt: number;
  readonly lease: Lease;
}

/**
 * Takes the run that waits longest, of a pipeline that nobody runs; undefined when there is none. The run and the lease of
 * its pipeline change hands in one transaction, so of many workers one has both.
 */
export async function claimNextRun(store: Store, owner: string): Promise<ClaimedRun | undefined> {
  // Most looks find nothing, and a read holds nobody up.
  if ((await findWaiting(store.db, '')) === undefined) return undefined;
  const claimed = await store.db.transaction().execute(async (db) => {
    // Workers pass by the rows that others are about to take; a file has one writer at a time anyway.
    const found = await findWaiting(
      db,
      store.dialect === 'postgres' ? 'for no key update of runs skip locked' : '',
    );
    return found && (await claimFound(db, found, owner));
  });
  store.live.nudge();
  return claimed;
}

/** Takes this run, for one who has the lease of its pipeline already; undefined when it waits no more. */
export async function claimRun(store: Store, runId: string, lease: Lease): Promise<number | undefined> {
  const attempt = await store.db.transaction().execute((db) => beginAttempt(db, lease, runId));
  store.live.nudge();
  return attempt;
}

interface WaitingRun {
  readonly run_id: string;
  readonly pipeline: string;
}

async function findWaiting(db: Kysely<StoreSchema>, lock: string): Promise<WaitingRun | undefined> {
  const { rows } = await sql<WaitingRun>`
    select run_id, pipeline from runs
     where state = 'queued' and available_at <= ${storeNow} and cancel_requested_at is null
       and not exists (select 1 from leases
                        where name = ${sql.lit(pipelineLease(''))} || runs.pipeline and expires_at > ${storeNow})
     order by queued_at, run_id limit 1 ${sql.raw(lock)}`.execute(db);
  return rows[0];
}

async function claimFound(
  db: Kysely<StoreSchema>,
  { run_id: runId, pipeline }: WaitingRun,
  owner: string,
): Promise<ClaimedRun | undefined> {
  const lease = await tryClaim(db, pipelineLease(pipeline), owner, null);
  if (lease === undefined) return undefined;
  const attempt = await beginAttempt(db, lease, runId);
  if (attempt === undefined) throw new TypeError(`Run ${runId} was taken while it was locked.`);
  return { runId, pipeline, attempt, lease };
}
