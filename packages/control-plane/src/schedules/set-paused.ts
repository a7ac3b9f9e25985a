import { PipelineError } from '@millrace/connector-sdk';
import { nearestNames } from '@millrace/spec';

import { insertNotices } from '../live/live-store.ts';
import type { OperationContext } from '../operation-context.ts';
import { judgeOffline } from '../project/judge-offline.ts';
import { storeNow } from '../store/store-clock.ts';
import { nextTime } from './fire-times.ts';
import { syncSchedules } from './sync-schedules.ts';

/**
 * Holds a schedule back, or lets it go on from now: times that passed meanwhile are not caught up with, for it was a person
 * who held it. Throws `configInvalid` for a pipeline that has none.
 */
export async function setPaused(
  context: OperationContext,
  pipeline: string,
  isPaused: boolean,
  signal: AbortSignal,
): Promise<{ readonly pipeline: string; readonly isPaused: boolean; readonly nextAt: string | null }> {
  const store = await context.store();
  await syncSchedules(store, context.projectFolder, judgeOffline(context, signal));
  const row = await store.db.transaction().execute(async (db) => {
    const known = await db
      .selectFrom('schedules')
      .select(['cron', 'timezone', 'next_at', 'paused_at', storeNow.as('now')])
      .where('pipeline', '=', pipeline)
      .executeTakeFirst();
    if (!known) return undefined;
    if ((known.paused_at !== null) === isPaused) return known;
    const change = isPaused
      ? { paused_at: known.now }
      : { paused_at: null, next_at: nextTime(known, known.now) };
    await db.updateTable('schedules').set(change).where('pipeline', '=', pipeline).execute();
    await insertNotices(db, [{ kind: 'schedule', pipeline }]);
    return { ...known, ...change };
  });
  store.live.nudge();
  if (!row) throw noSchedule(pipeline, await namesOf(context));
  const nextAt = isPaused || row.next_at === null ? null : new Date(row.next_at).toISOString();
  return { pipeline, isPaused, nextAt };
}

async function namesOf(context: OperationContext): Promise<readonly string[]> {
  const store = await context.store();
  const rows = await store.db.selectFrom('schedules').select('pipeline').execute();
  return rows.map(({ pipeline }) => pipeline);
}

function noSchedule(pipeline: string, known: readonly string[]): PipelineError {
  const near = nearestNames(pipeline, known);
  return new PipelineError({
    code: 'configInvalid',
    blame: 'config',
    retry: 'never',
    message: `The pipeline "${pipeline}" has no schedule.${near.length > 0 ? ` Did you mean ${near.join(' or ')}?` : ' Give it one in its document: schedule: { cron: "0 6 * * *" }'}`,
  });
}
