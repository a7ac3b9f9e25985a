import { PipelineError } from '@millrace/connector-sdk';

import { insertNotices } from '../live/live-store.ts';
import type { RunRecord } from '../runs/run-record.ts';
import { closeEnded } from '../runs/run-transitions.ts';
import { CANCELLED } from '../runs/run-warning.ts';
import type { Store } from '../store/open-store.ts';
import { storeNow } from '../store/store-clock.ts';

/** How often a process asks whether a run of its own is to be cancelled. */
const LOOK_MS = 400;

/**
 * Cancels a run: at once when it waits; else the process that has it is told, and winds it up. The state after that; a run
 * that has ended stays as it is.
 */
export async function requestCancel(
  store: Store,
  { runId, pipeline }: Pick<RunRecord, 'runId' | 'pipeline'>,
  reason: string,
): Promise<RunRecord['state']> {
  const state = await store.db.transaction().execute(async (db) => {
    const waiting = await db
      .updateTable('runs')
      .set({ state: 'cancelled', reason, finished_at: storeNow, cancel_requested_at: storeNow })
      .where('run_id', '=', runId)
      .where('state', '=', 'queued')
      .executeTakeFirst();
    if (waiting.numUpdatedRows > 0n) {
      await closeEnded(db, { runId, pipeline, state: 'cancelled' }, reason);
      return 'cancelled';
    }
    const row = await db
      .updateTable('runs')
      .set((expression) => ({
        cancel_requested_at: expression.fn.coalesce('cancel_requested_at', storeNow),
        reason: expression
          .case()
          .when('state', '=', 'running')
          .then(reason)
          .else(expression.ref('reason'))
          .end(),
      }))
      .where('run_id', '=', runId)
      .returning('state')
      .executeTakeFirstOrThrow();
    if (row.state === 'running')
      await insertNotices(db, [{ kind: 'run', runId, pipeline, state: 'running' }]);
    return row.state;
  });
  store.live.nudge();
  return state;
}

/** Fires when somebody, in whichever process, asked for the run to be cancelled. */
export function watchCancel(store: Store, runId: string): { readonly signal: AbortSignal } & Disposable {
  const asked = new AbortController();
  const look = async (): Promise<void> => {
    const row = await store.db
      .selectFrom('runs')
      .select(['cancel_requested_at', 'reason'])
      .where('run_id', '=', runId)
      .executeTakeFirst();
    if (row && row.cancel_requested_at !== null) asked.abort(cancelled(row.reason ?? CANCELLED));
  };
  // A store that is busy for a moment is asked again.
  const timer = setInterval(() => void look().catch(() => undefined), LOOK_MS);
  return { signal: asked.signal, [Symbol.dispose]: () => clearInterval(timer) };
}

function cancelled(message: string): PipelineError {
  return new PipelineError({ code: 'cancelled', blame: 'platform', retry: 'never', message });
}
