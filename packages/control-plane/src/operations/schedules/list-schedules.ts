import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import { judgeOffline } from '../../project/judge-offline.ts';
import { listRunRecords } from '../../runs/list-run-records.ts';
import { runStateSchema } from '../../runs/run-schema.ts';
import { nextTimes } from '../../schedules/fire-times.ts';
import { syncSchedules } from '../../schedules/sync-schedules.ts';
import { storeNow } from '../../store/store-clock.ts';

/** How many times of a schedule are told ahead. */
const UPCOMING = 5;

const time = z.iso.datetime();

/** The schedules of the project's pipelines, those that come first at the top. */
export const listSchedules = defineOperation({
  name: 'schedules/list-schedules',
  summary: 'List the schedules of pipelines with their next times.',
  permission: 'pipeline.read',
  input: z.strictObject({}),
  output: z.strictObject({
    schedules: z.array(
      z.strictObject({
        pipeline: z.string(),
        cron: z.string(),
        timezone: z.string(),
        catchUp: z.enum(['latest', 'all', 'none']),
        /** The file, from the folder of the project. */
        path: z.string(),
        pausedAt: time.nullable(),
        /** Null while it is paused, or when there is no next time. */
        nextAt: time.nullable(),
        lastAt: time.nullable(),
        /** The next few times; those that would be, while it is paused. */
        upcoming: z.array(time),
        lastRun: z.strictObject({ runId: z.string(), state: runStateSchema, queuedAt: time }).nullable(),
      }),
    ),
  }),
  async handler(context, _, signal) {
    const store = await context.store();
    await syncSchedules(store, context.projectFolder, judgeOffline(context, signal));
    const rows = await store.db
      .selectFrom('schedules')
      .selectAll()
      .select(storeNow.as('now'))
      .orderBy('pipeline')
      .execute();
    const schedules = await Promise.all(
      rows.map(async (row) => {
        const [last] = await listRunRecords(store, { pipelines: [row.pipeline], limit: 1 });
        return {
          pipeline: row.pipeline,
          cron: row.cron,
          timezone: row.timezone,
          catchUp: row.catch_up,
          path: row.path,
          pausedAt: toIso(row.paused_at),
          nextAt: row.paused_at === null ? toIso(row.next_at) : null,
          lastAt: toIso(row.last_at),
          upcoming: nextTimes(row, row.now, UPCOMING).map((at) => new Date(at).toISOString()),
          lastRun: last ? { runId: last.runId, state: last.state, queuedAt: last.queuedAt } : null,
        };
      }),
    );
    return { schedules: schedules.toSorted((left, right) => rank(left.nextAt) - rank(right.nextAt)) };
  },
});

function rank(nextAt: string | null): number {
  return nextAt === null ? Infinity : Date.parse(nextAt);
}

function toIso(milliseconds: number | null): string | null {
  return milliseconds === null ? null : new Date(milliseconds).toISOString();
}
