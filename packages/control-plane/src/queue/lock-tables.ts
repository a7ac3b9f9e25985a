import { LANDING, type LoadTask } from '@millrace/compiler';
import { throwIfCancelled } from '@millrace/connector-sdk';
import { formatTableName } from '@millrace/spec';
import { sql } from 'kysely';

import type { Store } from '../store/open-store.ts';
import { storeNow } from '../store/store-clock.ts';
import { releaseTables } from '../runs/run-transitions.ts';
import { recoverRuns } from './recover-runs.ts';

/** How often a run that waits for a table looks again. */
const LOOK_MS = 300;

/** The right to write tables, until it is disposed of. */
export interface LockedTables extends AsyncDisposable {
  /** Higher than that of whoever wrote one of these tables before. */
  readonly fenceToken: number;
}

/** A table that is written by another run now. */
export interface WrittenTable {
  readonly table: string;
  readonly runId: string;
}

/**
 * Takes the tables that tasks write, all of them at once: two runs that want the same ones never wait for each other in a
 * circle. Waits for runs that have one of them, and says so once. Runs of one pipeline are kept apart by its lease. What is
 * to be recorded before the first look is recorded with it, in one commit.
 */
export async function lockTables(
  store: Store,
  runId: string,
  tasks: readonly LoadTask[],
  onWait: (written: WrittenTable) => void,
  signal: AbortSignal,
  record: (db: Store['db']) => Promise<void> = async () => undefined,
): Promise<LockedTables> {
  const names = [
    ...new Set(
      tasks
        .filter(({ destination }) => destination.connection !== LANDING)
        .map(({ destination }) => `${destination.connection}:${formatTableName(destination.table)}`),
    ),
  ].toSorted();
  for (let look = 0; ; look++) {
    const taken = await takeTables(store, runId, names, look === 0 ? record : undefined);
    if (typeof taken === 'number')
      return {
        fenceToken: taken,
        [Symbol.asyncDispose]: () => releaseTables(store.db, runId),
      };
    if (look === 0) onWait(taken);
    await recoverRuns(store);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    throwIfCancelled(signal);
  }
}

/** The fence token for all of the tables, or one that is not free; then none is taken. */
async function takeTables(
  store: Store,
  runId: string,
  names: readonly string[],
  record: ((db: Store['db']) => Promise<void>) | undefined,
): Promise<number | WrittenTable> {
  return await store.db.transaction().execute(async (db) => {
    await record?.(db);
    // Everyone who takes tables passes here one by one, and none gets a token that is not the highest.
    const { rows } = await sql<{ fence_token: number }>`
      insert into leases (name, fence_token, owner, run_id, acquired_at, heartbeat_at, expires_at)
      select 'tables', case when last.token >= clock.now then last.token + 1 else clock.now end, '', null, 0, 0, 0
        from (select coalesce(max(fence_token), 0) as token from leases) as last,
             (select ${storeNow} as now) as clock
       where true
      on conflict (name) do update
         set fence_token = case when excluded.fence_token > leases.fence_token
                                then excluded.fence_token else leases.fence_token + 1 end
      returning fence_token`.execute(db);
    const fenceToken = rows[0]?.fence_token ?? 0;
    // A process that was killed leaves its rows behind.
    await db
      .deleteFrom('table_writers')
      .where('run_id', '<>', runId)
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('leases')
              .select('name')
              .whereRef('leases.run_id', '=', 'table_writers.run_id')
              .where('expires_at', '>', storeNow),
          ),
        ),
      )
      .execute();
    const parts = chunk(names, 500);
    for (const some of parts) {
      const other = await db
        .selectFrom('table_writers')
        .select(['table_name', 'run_id'])
        .where('table_name', 'in', some)
        .where('run_id', '<>', runId)
        .orderBy('table_name')
        .executeTakeFirst();
      if (other) return { table: other.table_name.replace(/^[^:]*:/, ''), runId: other.run_id };
    }
    for (const some of parts)
      await db
        .insertInto('table_writers')
        .values(some.map((name) => ({ table_name: name, run_id: runId, fence_token: fenceToken })))
        .onConflict((conflict) => conflict.column('table_name').doUpdateSet({ fence_token: fenceToken }))
        .execute();
    return fenceToken;
  });
}

function chunk(names: readonly string[], size: number): readonly (readonly string[])[] {
  return Array.from({ length: Math.ceil(names.length / size) }, (_, index) =>
    names.slice(index * size, (index + 1) * size),
  );
}
