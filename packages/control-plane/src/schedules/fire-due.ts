import { sql } from 'kysely';

import { insertNotices } from '../live/live-store.ts';
import { insertQueued, type AskedRun } from '../runs/insert-runs.ts';
import { newRunId } from '../runs/run-id.ts';
import type { Store } from '../store/open-store.ts';
import { storeNow } from '../store/store-clock.ts';
import type { ScheduleRow } from '../store/store-schema.ts';
import { nextTime, timesBetween } from './fire-times.ts';

/** A slot that is later than this was missed: nothing ran. */
const MISSED_MS = 60_000;
/** With `catchUp: all`, so many of the missed slots. */
const MAX_CAUGHT_UP = 1_000;
/** Schedules of one transaction. */
const CHUNK = 500;

/**
 * Puts a run into the queue for every slot whose time has come. Slots and runs are written in one transaction, so a slot is
 * fired once, however many servers look and whenever one of them dies. Returns how many runs that made.
 */
export async function fireDue(store: Store): Promise<number> {
  let fired = 0;
  for (;;) {
    const chunk = await fireChunk(store);
    fired += chunk.fired;
    if (chunk.due < CHUNK) break;
  }
  if (fired > 0) store.live.nudge();
  return fired;
}

async function fireChunk(store: Store): Promise<{ readonly due: number; readonly fired: number }> {
  return await store.db.transaction().execute(async (db) => {
    const lock = store.dialect === 'postgres' ? sql`for update skip locked` : sql``;
    const { rows } = await sql<ScheduleRow & { readonly now: number }>`
      select *, ${storeNow} as now from schedules
       where paused_at is null and next_at <= ${storeNow} order by next_at limit ${CHUNK} ${lock}`.execute(
      db,
    );
    const runs: AskedRun[] = [];
    const taken = new Set<string>();
    for (const row of rows) {
      const slots = slotsOf(row, row.now);
      for (const slotAt of slots) runs.push(scheduledRun(row.pipeline, slotAt, taken));
      await db
        .updateTable('schedules')
        .set({ next_at: nextTime(row, row.now), last_at: slots.at(-1) ?? row.last_at })
        .where('pipeline', '=', row.pipeline)
        .execute();
    }
    if (runs.length > 0) await insertQueued(db, runs);
    await insertNotices(
      db,
      rows.map(({ pipeline }) => ({ kind: 'schedule', pipeline })),
    );
    return { due: rows.length, fired: runs.length };
  });
}

/** The slots to run now: the one that is due, and of those that were missed what the policy says. */
export function slotsOf(
  row: Pick<ScheduleRow, 'cron' | 'timezone' | 'catch_up' | 'next_at'>,
  now: number,
): readonly number[] {
  if (row.next_at === null || row.next_at > now) return [];
  const limit = row.catch_up === 'all' ? MAX_CAUGHT_UP : 1;
  const passed = timesBetween(row, row.next_at, now, limit);
  return row.catch_up === 'none' ? passed.filter((slot) => now - slot <= MISSED_MS) : passed;
}

function scheduledRun(pipeline: string, slotAt: number, taken: Set<string>): AskedRun {
  let runId = newRunId(new Date());
  while (taken.has(runId)) runId = newRunId(new Date());
  taken.add(runId);
  return {
    runId,
    pipeline,
    options: { isFullRefresh: false, isVerified: false, tables: [] },
    parameters: {},
    startedBy: { kind: 'schedule', by: null },
    slotAt,
  };
}
