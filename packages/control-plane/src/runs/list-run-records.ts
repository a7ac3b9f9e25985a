import type { Store } from '../store/open-store.ts';
import type { RunRecord } from './run-record.ts';
import { RUN_RECORD_COLUMNS, toRecord } from './run-row.ts';

export interface RunFilter {
  readonly pipelines?: readonly string[] | undefined;
  readonly states?: readonly RunRecord['state'][] | undefined;
  /** Asked for at this time or later; milliseconds since 1970. */
  readonly since?: number | undefined;
  /** Asked for before this time. */
  readonly until?: number | undefined;
  /** Those that come after this one, which are older. */
  readonly after?: RunPlace | undefined;
  readonly limit: number;
}

/** Where a run stands among all: runs of one millisecond stand in the order of their ids. */
export interface RunPlace {
  readonly queuedAt: number;
  readonly runId: string;
}

/** Runs without their plans, newest first. Each filter has an index; a page costs the same wherever it stands. */
export async function listRunRecords(store: Store, filter: RunFilter): Promise<readonly RunRecord[]> {
  const { pipelines, states, since, until, after } = filter;
  let query = store.db
    .selectFrom('runs')
    .select(RUN_RECORD_COLUMNS)
    .orderBy('queued_at', 'desc')
    .orderBy('run_id', 'desc')
    .limit(filter.limit);
  if (pipelines !== undefined) query = query.where('pipeline', 'in', pipelines);
  if (states !== undefined) query = query.where('state', 'in', states);
  if (since !== undefined) query = query.where('queued_at', '>=', since);
  if (until !== undefined) query = query.where('queued_at', '<', until);
  if (after !== undefined)
    query = query
      .where('queued_at', '<=', after.queuedAt)
      .where(({ eb, or }) => or([eb('queued_at', '<', after.queuedAt), eb('run_id', '<', after.runId)]));
  return (await query.execute()).map(toRecord);
}

/** How many runs there are in each state, of those that the other parts of the filter let through. */
export async function countRuns(
  store: Store,
  { pipelines, since, until }: Pick<RunFilter, 'pipelines' | 'since' | 'until'>,
): Promise<Readonly<Record<RunRecord['state'], number>>> {
  let query = store.db
    .selectFrom('runs')
    .select(({ fn }) => ['state', fn.countAll<number>().as('runs')])
    .groupBy('state');
  if (pipelines !== undefined) query = query.where('pipeline', 'in', pipelines);
  if (since !== undefined) query = query.where('queued_at', '>=', since);
  if (until !== undefined) query = query.where('queued_at', '<', until);
  const counts = { queued: 0, running: 0, succeeded: 0, failed: 0, cancelled: 0 };
  for (const { state, runs } of await query.execute()) counts[state] = runs;
  return counts;
}
