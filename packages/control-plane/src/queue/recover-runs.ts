import { isProcessAlive } from '../lease/process-identity.ts';
import { pipelineLease } from '../runs/run-lease.ts';
import { closeEnded, closeLostAttempts, releaseTables } from '../runs/run-transitions.ts';
import { CANCELLED } from '../runs/run-warning.ts';
import { insertNotices } from '../live/live-store.ts';
import type { Store } from '../store/open-store.ts';
import { storeNow } from '../store/store-clock.ts';

/** A run whose process died so often is what kills it. */
const MAX_LOST = 5;

/**
 * Puts runs back into the queue whose process is gone: killed on this machine, or silent for longer than its lease. What
 * they published stays, and their next attempt goes on from there. Returns how many.
 */
export async function recoverRuns(store: Store, pipeline?: string): Promise<number> {
  let query = store.db
    .selectFrom('runs')
    .leftJoin('leases', (join) =>
      join
        .onRef('leases.run_id', '=', 'runs.run_id')
        .on(({ eb, ref }) =>
          eb('leases.name', '=', eb(eb.val(pipelineLease('')), '||', ref('runs.pipeline'))),
        ),
    )
    .select(['runs.run_id', 'runs.pipeline', 'leases.owner', 'leases.fence_token', 'leases.expires_at'])
    .select(storeNow.as('now'))
    .where('state', '=', 'running');
  if (pipeline !== undefined) query = query.where('runs.pipeline', '=', pipeline);
  let recovered = 0;
  for (const row of await query.execute()) {
    const isHeld = row.expires_at !== null && row.expires_at > row.now;
    if (isHeld && row.owner !== null && isProcessAlive(row.owner) !== false) continue;
    if (await requeueLost(store, row.run_id, row.pipeline, row.fence_token)) recovered++;
  }
  if (recovered > 0) store.live.nudge();
  return recovered;
}

/** `deadToken` is that of the lease that its process had, if it is still the newest. */
async function requeueLost(
  store: Store,
  runId: string,
  pipeline: string,
  deadToken: number | null,
): Promise<boolean> {
  return await store.db.transaction().execute(async (db) => {
    if (deadToken !== null) {
      await db
        .updateTable('leases')
        .set({ expires_at: 0 })
        .where('name', '=', pipelineLease(pipeline))
        .where('fence_token', '=', deadToken)
        .execute();
    }
    const row = await db
      .updateTable('runs')
      .set({ state: 'queued', available_at: storeNow })
      .where('run_id', '=', runId)
      .where('state', '=', 'running')
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('leases')
              .select('name')
              .where('name', '=', pipelineLease(pipeline))
              .where('run_id', '=', runId)
              .where('expires_at', '>', storeNow),
          ),
        ),
      )
      .returning(['cancel_requested_at'])
      .executeTakeFirst();
    if (row === undefined) return false;
    await closeLostAttempts(db, runId);
    await releaseTables(db, runId);
    const end = await endOf(db, runId, row.cancel_requested_at !== null);
    if (end === undefined) {
      await insertNotices(db, [{ kind: 'run', runId, pipeline, state: 'queued' }]);
      return true;
    }
    await db
      .updateTable('runs')
      .set({ ...end, finished_at: storeNow })
      .where('run_id', '=', runId)
      .execute();
    await closeEnded(db, { runId, pipeline, state: end.state }, end.reason);
    return true;
  });
}

async function endOf(
  db: Store['db'],
  runId: string,
  isCancelled: boolean,
): Promise<{ readonly state: 'cancelled' | 'failed'; readonly reason: string } | undefined> {
  if (isCancelled) return { state: 'cancelled', reason: CANCELLED };
  const { lost } = await db
    .selectFrom('run_attempts')
    .select(({ fn }) => fn.countAll<number>().as('lost'))
    .where('run_id', '=', runId)
    .where('outcome', '=', 'lost')
    .executeTakeFirstOrThrow();
  return lost < MAX_LOST
    ? undefined
    : {
        state: 'failed',
        reason: `${lost} processes ended while they ran it. Look into their logs and the kernel's (memory?), then run it again.`,
      };
}
