import type { DatasetProfile } from '@millrace/compiler';

import type { Store } from '../store/open-store.ts';
import type { TableMeasures, TablePoint } from './measure-table.ts';

/** Runs of a table whose profile is kept; it is some kilobytes. */
const KEPT_PROFILES = 30;
/** Older figures say nothing about now, and nothing about last year either. */
const KEPT_MS = 400 * 86_400_000;

/** What one run measured of a table. */
export interface PastMeasures {
  readonly runId: string;
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly rows: number | null;
  readonly sizeBytes: number | null;
  readonly durationMs: number | null;
  readonly newestAt: number | null;
  readonly points: readonly TablePoint[];
}

export interface TableSeries {
  readonly pipeline: string;
  readonly task: string;
  readonly scope: TableMeasures['scope'];
}

/** Adds what a run measured to the history of its tables, and forgets what is too old. Part of a transaction. */
export async function saveMeasures(
  db: Store['db'],
  run: { readonly runId: string; readonly pipeline: string; readonly at: number },
  tables: readonly TableMeasures[],
): Promise<void> {
  if (tables.length === 0) return;
  const { runId, pipeline, at } = run;
  const rows = tables.map((table) => ({
    run_id: runId,
    task: table.task,
    pipeline,
    scope: table.scope,
    measured_at: at,
    row_count: table.rows,
    size_bytes: table.sizeBytes,
    duration_ms: table.durationMs,
    newest_at: table.newestAt,
    points: JSON.stringify(table.points),
    profile: table.profile === null ? null : JSON.stringify(table.profile),
  }));
  for (let start = 0; start < rows.length; start += 500) {
    await db
      .insertInto('table_measures')
      .values(rows.slice(start, start + 500))
      .onConflict((conflict) => conflict.columns(['run_id', 'task']).doNothing())
      .execute();
  }
  await db
    .deleteFrom('table_measures')
    .where('pipeline', '=', pipeline)
    .where('measured_at', '<', at - KEPT_MS)
    .execute();
  const oldest = await db
    .selectFrom('runs')
    .select('started_at')
    .where('pipeline', '=', pipeline)
    .orderBy('started_at', 'desc')
    .limit(1)
    .offset(KEPT_PROFILES)
    .executeTakeFirst();
  if (oldest === undefined) return;
  await db
    .updateTable('table_measures')
    .set({ profile: null })
    .where('pipeline', '=', pipeline)
    .where('profile', 'is not', null)
    .where('measured_at', '<', oldest.started_at)
    .execute();
}

/** What earlier runs measured of a table, the latest last. */
export async function readMeasures(
  store: Store,
  { pipeline, task, scope }: TableSeries,
  limit: number,
): Promise<readonly PastMeasures[]> {
  const rows = await store.db
    .selectFrom('table_measures')
    .select(['run_id', 'measured_at', 'row_count', 'size_bytes', 'duration_ms', 'newest_at', 'points'])
    .where('pipeline', '=', pipeline)
    .where('task', '=', task)
    .where('scope', '=', scope)
    .orderBy('measured_at', 'desc')
    .limit(limit)
    .execute();
  return rows.toReversed().map((row) => ({
    runId: row.run_id,
    at: new Date(row.measured_at).toISOString(),
    rows: row.row_count,
    sizeBytes: row.size_bytes,
    durationMs: row.duration_ms,
    newestAt: row.newest_at,
    points: JSON.parse(row.points),
  }));
}

/** How long the history of each table of a pipeline is, and the newest moment that was seen in its rows. */
export async function summarizeHistory(
  store: Store,
  pipeline: string,
): Promise<ReadonlyMap<string, { readonly runs: number; readonly newestAt: number | null }>> {
  const rows = await store.db
    .selectFrom('table_measures')
    .select(({ fn }) => [
      'task',
      'scope',
      fn.countAll<number>().as('runs'),
      fn.max<number | null>('newest_at').as('newest_at'),
    ])
    .where('pipeline', '=', pipeline)
    .groupBy(['task', 'scope'])
    .execute();
  return new Map(
    rows.map(({ task, scope, runs, newest_at: newestAt }) => [
      historyKey({ task, scope }),
      { runs, newestAt },
    ]),
  );
}

export function historyKey({ task, scope }: Pick<TableSeries, 'task' | 'scope'>): string {
  return `${scope}:${task}`;
}

export interface KeptProfile extends Pick<TableMeasures, 'task' | 'scope'> {
  readonly profile: DatasetProfile;
}

/** What the values of the tables of a run looked like; the profiles of older runs are not kept. */
export async function readProfiles(store: Store, runId: string): Promise<readonly KeptProfile[]> {
  const rows = await store.db
    .selectFrom('table_measures')
    .select(['task', 'scope', 'profile'])
    .where('run_id', '=', runId)
    .execute();
  return rows.flatMap(({ task, scope, profile }) =>
    profile === null ? [] : [{ task, scope, profile: JSON.parse(profile) }],
  );
}
