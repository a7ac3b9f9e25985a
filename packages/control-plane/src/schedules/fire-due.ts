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
const CHUNK = 1_000;

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
    if (rows.length === 0) return { due: 0, fired: 0 };
    const runs: AskedRun[] = [];
    const taken = new Set<string>();
    // Many pipelines run by the same rule: what follows for one follows for all of them.
    const groups = new Map<string, { readonly fired: Fired; readonly pipelines: string[] }>();
    for (const row of rows) {
      const key = JSON.stringify([row.cron, row.timezone, row.catch_up, row.next_at, row.last_at]);
      const group = groups.get(key) ?? { fired: fire(row, row.now), pipelines: [] };
      groups.set(key, group);
      group.pipelines.push(row.pipeline);
      for (const slotAt of group.fired.slots) runs.push(scheduledRun(row.pipeline, slotAt, taken));
    }
    for (const { fired, pipelines } of groups.values()) {
      await db
        .updateTable('schedules')
        .set({ next_at: fired.nextAt, last_at: fired.lastAt })
        .where('pipeline', 'in', pipelines)
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

interface Fired {
  readonly slots: readonly number[];
  readonly nextAt: number | null;
  readonly lastAt: number | null;
}

function fire(row: ScheduleRow, now: number): Fired {
  const slots = slotsOf(row, now);
  return { slots, nextAt: nextTime(row, now), lastAt: slots.at(-1) ?? row.last_at };
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
