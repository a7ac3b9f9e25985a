import { isProcessAlive } from '../lease/process-identity.ts';
import type { Store } from '../store/open-store.ts';
import { storeNow } from '../store/store-clock.ts';

/** The runs that a process has in work now. */
export async function readLiveRuns(store: Store): Promise<ReadonlySet<string>> {
  const rows = await store.db
    .selectFrom('leases')
    .select(['run_id', 'owner'])
    .where('run_id', 'is not', null)
    .where('expires_at', '>', storeNow)
    .execute();
  return new Set(
    rows.flatMap(({ run_id: runId, owner }) =>
      runId === null || isProcessAlive(owner) === false ? [] : [runId],
    ),
  );
}
