import { PipelineError } from '@millrace/connector-sdk';
import { sql, type Kysely } from 'kysely';

import type { Store } from '../store/open-store.ts';
import { storeNow } from '../store/store-clock.ts';
import type { StoreSchema } from '../store/store-schema.ts';
import { isProcessAlive } from './process-identity.ts';

/** A lease lives this long after its last heartbeat. */
export const LEASE_MS = 30_000;
/** A heartbeat every third of it: two may be lost. */
export const HEARTBEAT_MS = 10_000;

/** The right to publish, for as long as heartbeats succeed. */
export interface Lease {
  readonly name: string;
  readonly owner: string;
  /** Rises with each claim of any lease of the project, and never falls below the clock: a store that was deleted and made anew still hands out higher ones. */
  readonly fenceToken: number;
}

export interface LeaseHolder {
  readonly owner: string;
  readonly runId: string | null;
  readonly acquiredAt: number;
  readonly expiresAt: number;
  readonly now: number;
}

export type LeaseClaim =
  | { readonly isGranted: true; readonly lease: Lease }
  | { readonly isGranted: false; readonly holder: LeaseHolder };

/**
 * Takes the lease if nobody has it, if its time is over, or if its owner was a process of this machine that is gone.
 * The claim itself is one statement, so two claims at once cannot both succeed.
 */
export async function claimLease(store: Store, name: string, owner: string): Promise<LeaseClaim> {
  for (;;) {
    const granted = await tryClaim(store.db, name, owner, null);
    if (granted) return { isGranted: true, lease: granted };
    const holder = await readHolder(store, name);
    if (!holder) continue;
    if (isProcessAlive(holder.owner) !== false) return { isGranted: false, holder };
    const takenOver = await tryClaim(store.db, name, owner, holder.owner);
    if (takenOver) return { isGranted: true, lease: takenOver };
  }
}

/** Takes the lease if it is free, or if `deadOwner` has it; undefined when somebody else has. One statement. */
export async function tryClaim(
  db: Kysely<StoreSchema>,
  name: string,
  owner: string,
  deadOwner: string | null,
): Promise<Lease | undefined> {
  const result = await sql<{ fence_token: number }>`
    insert into leases (name, fence_token, owner, run_id, acquired_at, heartbeat_at, expires_at)
    select ${name}, case when last.token >= clock.now then last.token + 1 else clock.now end, ${owner}, null,
           clock.now, clock.now, clock.now + ${LEASE_MS}
      from (select coalesce(max(fence_token), 0) as token from leases) as last,
           (select ${storeNow} as now) as clock
     where true
    on conflict (name) do update
       set fence_token = case when excluded.fence_token > leases.fence_token
                              then excluded.fence_token else leases.fence_token + 1 end, owner = excluded.owner, run_id = null,
           acquired_at = excluded.acquired_at, heartbeat_at = excluded.heartbeat_at, expires_at = excluded.expires_at
     where leases.expires_at <= excluded.heartbeat_at or leases.owner = ${deadOwner}
    returning fence_token`.execute(db);
  const row = result.rows[0];
  return row && { name, owner, fenceToken: row.fence_token };
}

/** Who has the lease now; undefined when it is free. */
export async function readHolder(store: Store, name: string): Promise<LeaseHolder | undefined> {
  const row = await store.db
    .selectFrom('leases')
    .select(['owner', 'run_id', 'acquired_at', 'expires_at', storeNow.as('now')])
    .where('name', '=', name)
    .where('expires_at', '>', storeNow)
    .executeTakeFirst();
  return (
    row && {
      owner: row.owner,
      runId: row.run_id,
      acquiredAt: row.acquired_at,
      expiresAt: row.expires_at,
      now: row.now,
    }
  );
}

/** Says which run the lease is held for, so that others can name it. */
export async function assignLease(store: Store, lease: Lease, runId: string): Promise<void> {
  await store.db
    .updateTable('leases')
    .set({ run_id: runId })
    .where('name', '=', lease.name)
    .where('fence_token', '=', lease.fenceToken)
    .execute();
}

/** Prolongs the lease. Throws `fenced` when it is no longer ours: the holder must stop at once. */
export async function heartbeatLease(store: Store, lease: Lease): Promise<void> {
  const result = await store.db
    .updateTable('leases')
    .set({ heartbeat_at: storeNow, expires_at: sql<number>`${storeNow} + ${LEASE_MS}` })
    .where('name', '=', lease.name)
    .where('fence_token', '=', lease.fenceToken)
    .where('expires_at', '>', 0)
    .executeTakeFirst();
  if (result.numUpdatedRows > 0n) return;
  throw leaseLost(lease);
}

/** The error of a holder whose lease is no longer its own. */
export function leaseLost(lease: Lease, cause?: unknown): PipelineError {
  return new PipelineError({
    code: 'fenced',
    blame: 'platform',
    retry: 'never',
    cause,
    message: `The lease "${lease.name}" is no longer this process's: it was paused, or could not reach its store, for too long. This attempt stops; whoever has the lease now finishes the run.`,
  });
}

/** Gives the lease back; harmless, and no write, when it was lost or given back already. */
export async function releaseLease({ db }: Pick<Store, 'db'>, lease: Lease): Promise<void> {
  await db
    .updateTable('leases')
    .set({ expires_at: 0 })
    .where('name', '=', lease.name)
    .where('fence_token', '=', lease.fenceToken)
    .where('expires_at', '>', 0)
    .execute();
}
