import type { Store } from '../store/open-store.ts';
import type { RunRecord } from './run-record.ts';

/** A run as lists of pipelines show it. */
export interface RecentRun {
  readonly runId: string;
  readonly state: RunRecord['state'];
  readonly reason: string | null;
  /** ISO 8601 UTC. */
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly durationMs: number | null;
}

/** The last runs of a pipeline, newest first, without their plans. */
export async function recentRuns(
  store: Store,
  pipeline: string,
  limit: number,
): Promise<readonly RecentRun[]> {
  const rows = await store.db
    .selectFrom('runs')
    .select(['run_id', 'state', 'reason', 'started_at', 'finished_at'])
    .where('pipeline', '=', pipeline)
    .orderBy('started_at', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    runId: row.run_id,
    state: row.state,
    reason: row.reason,
    startedAt: new Date(row.started_at).toISOString(),
    finishedAt: row.finished_at === null ? null : new Date(row.finished_at).toISOString(),
    durationMs: row.finished_at === null ? null : row.finished_at - row.started_at,
  }));
}

/** When a pipeline last ended well, in ISO 8601 UTC; null when it never did. */
export async function lastSuccessAt(store: Store, pipeline: string): Promise<string | null> {
  const row = await store.db
    .selectFrom('runs')
    .select(({ fn }) => fn.max('finished_at').as('at'))
    .where('pipeline', '=', pipeline)
    .where('state', '=', 'succeeded')
    .executeTakeFirst();
  return row?.at == null ? null : new Date(Number(row.at)).toISOString();
}
