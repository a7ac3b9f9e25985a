import { stat } from 'node:fs/promises';
import { relative } from 'node:path';

import type { PipelineDocument } from '@millrace/spec';

import { insertNotices } from '../live/live-store.ts';
import { listPipelinePaths, loadPipelineFiles } from '../project/project.ts';
import type { JudgeText } from '../project/judge-offline.ts';
import type { Store } from '../store/open-store.ts';
import { storeNow } from '../store/store-clock.ts';
import type { ScheduleRow } from '../store/store-schema.ts';
import { nextTime } from './fire-times.ts';

/**
 * Brings the schedules of the store to what the project's files say. A file that is wrong now keeps the schedule of its
 * last valid version; a schedule that changed, or is new, begins with its next time from now on. Returns how many files are
 * held back because `judge` finds them wrong: that may be so no longer when a source or a template changed.
 */
export async function syncSchedules(store: Store, projectFolder: string, judge: JudgeText): Promise<number> {
  const files = await loadPipelineFiles(projectFolder, projectFolder);
  const known = new Map(
    (await store.db.selectFrom('schedules').selectAll().execute()).map((row) => [row.pipeline, row]),
  );
  const wrongPaths = new Set(
    files.filter(({ parsed }) => !parsed.document).map(({ path }) => relative(projectFolder, path)),
  );
  const wanted = new Map<string, Rule>();
  for (const { path, parsed } of files) {
    const { document } = parsed;
    if (document?.schedule && !wanted.has(document.name))
      wanted.set(document.name, ruleOf(document.schedule, relative(projectFolder, path)));
  }
  const isHeld = async (pipeline: string): Promise<boolean> => {
    const file = files.find(({ parsed }) => parsed.document?.name === pipeline);
    const document = file?.parsed.document;
    return file !== undefined && document !== undefined && !(await judge({ ...file, document }));
  };
  let held = 0;
  const gone: string[] = [];
  for (const { pipeline, path } of known.values()) {
    if (wanted.has(pipeline) || wrongPaths.has(path)) continue;
    if (await isHeld(pipeline)) held++;
    else gone.push(pipeline);
  }
  const changed: (readonly [string, Rule])[] = [];
  for (const [pipeline, rule] of wanted) {
    const row = known.get(pipeline);
    if (isSame(row, rule)) continue;
    // A new one has no earlier version; what is wrong with it is said by its runs.
    if (row !== undefined && (await isHeld(pipeline))) held++;
    else changed.push([pipeline, rule]);
  }
  if (gone.length === 0 && changed.length === 0) return held;
  await store.db.transaction().execute(async (db) => {
    for (const pipeline of gone) await db.deleteFrom('schedules').where('pipeline', '=', pipeline).execute();
    const { now } = await db.selectNoFrom(storeNow.as('now')).executeTakeFirstOrThrow();
    for (const [pipeline, rule] of changed) {
      const row = known.get(pipeline);
      const isSameTimes = row?.cron === rule.cron && row.timezone === rule.timezone;
      const times = isSameTimes ? {} : { next_at: nextTime(rule, now) };
      await db
        .insertInto('schedules')
        .values({ pipeline, ...rule, paused_at: null, next_at: nextTime(rule, now), last_at: null })
        .onConflict((conflict) => conflict.column('pipeline').doUpdateSet({ ...rule, ...times }))
        .execute();
    }
    const names = [...gone, ...changed.map(([pipeline]) => pipeline)];
    await insertNotices(
      db,
      names.map((pipeline) => ({ kind: 'schedule', pipeline })),
    );
  });
  store.live.nudge();
  return held;
}

type Rule = Pick<ScheduleRow, 'cron' | 'timezone' | 'catch_up' | 'path'>;

function ruleOf(schedule: NonNullable<PipelineDocument['schedule']>, path: string): Rule {
  const { cron, timezone = 'UTC', catchUp = 'latest' } = schedule;
  return { cron, timezone, catch_up: catchUp, path };
}

function isSame(row: ScheduleRow | undefined, rule: Rule): boolean {
  return (
    row !== undefined &&
    row.cron === rule.cron &&
    row.timezone === rule.timezone &&
    row.catch_up === rule.catch_up &&
    row.path === rule.path
  );
}

/** Changes with every change of the project's pipeline files. */
export async function fingerprintFiles(projectFolder: string): Promise<string> {
  const paths = await listPipelinePaths(projectFolder);
  const stats = await Promise.all(
    paths.map(async (path) => {
      const { mtimeMs, size, ino } = await stat(path).catch(() => ({ mtimeMs: 0, size: 0, ino: 0 }));
      return `${path}:${mtimeMs}:${size}:${ino}`;
    }),
  );
  return stats.join('\n');
}
