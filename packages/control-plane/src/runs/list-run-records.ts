import { readPosition } from '../live/live-store.ts';
import { KeptValues } from '../store/kept-values.ts';
import type { Store } from '../store/open-store.ts';
import type { RunRecord } from './run-record.ts';
import { RUN_RECORD_COLUMNS, toRecord } from './run-row.ts';

/** SQLite takes 32,766 values in a statement. */
const ROWS_AT_ONCE = 10_000;

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

/** Runs that have ended never change again: the newest that were looked at need not be read and shaped anew. */
const KEPT_RECORDS = 2_000;
const ended = new WeakMap<Store, KeptValues<RunRecord>>();

/** Runs without their plans, newest first. Each filter has an index; a page costs the same wherever it stands. */
export async function listRunRecords(store: Store, filter: RunFilter): Promise<readonly RunRecord[]> {
  const kept = ended.get(store) ?? new KeptValues<RunRecord>(KEPT_RECORDS);
  ended.set(store, kept);
  const { pipelines, states, since, until, after } = filter;
  let query = store.db
    .selectFrom('runs')
    .select('run_id')
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
  const found = (await query.execute()).map(({ run_id: runId }) => ({ runId, record: kept.get(runId) }));
  const unknown = found.flatMap(({ runId, record }) => (record === undefined ? [runId] : []));
  const read = new Map((await readRecords(store, unknown)).map((record) => [record.runId, record] as const));
  for (const record of read.values()) if (hasEnded(record)) kept.set(record.runId, record, 1);
  // One that was taken back since it was found, or that went on, is left out.
  return found.flatMap(({ runId, record = read.get(runId) }) =>
    record !== undefined && (states?.includes(record.state) ?? true) ? [record] : [],
  );
}

async function readRecords(store: Store, runIds: readonly string[]): Promise<readonly RunRecord[]> {
  const records: RunRecord[] = [];
  for (let start = 0; start < runIds.length; start += ROWS_AT_ONCE) {
    const rows = await store.db
      .selectFrom('runs')
      .select(RUN_RECORD_COLUMNS)
      .where('run_id', 'in', runIds.slice(start, start + ROWS_AT_ONCE))
      .execute();
    records.push(...rows.map(toRecord));
  }
  return records;
}

/** Whether nothing of the record changes any more. */
export function hasEnded({ state }: RunRecord): boolean {
  return state !== 'queued' && state !== 'running';
}

type RunCounts = Readonly<Record<RunRecord['state'], number>>;

/** Filters that are remembered for a store; pages that move with the time ask ever new ones. */
const KEPT_COUNTS = 64;
const known = new WeakMap<Store, Map<string, { readonly notices: number; readonly counts: RunCounts }>>();

/**
 * How many runs there are in each state, of those that the other parts of the filter let through. To count years of runs
 * takes milliseconds, so it is done anew only after a run changed its state, which is noted in the same transaction.
 */
export async function countRuns(
  store: Store,
  filter: Pick<RunFilter, 'pipelines' | 'since' | 'until'>,
): Promise<RunCounts> {
  const { notices } = await readPosition(store.db);
  const ofStore = known.get(store) ?? new Map();
  known.set(store, ofStore);
  const key = JSON.stringify([filter.pipelines, filter.since, filter.until]);
  const remembered = ofStore.get(key);
  if (remembered?.notices === notices) return remembered.counts;
  const counts = await countAnew(store, filter);
  ofStore.delete(key);
  ofStore.set(key, { notices, counts });
  const [oldest] = ofStore.keys();
  if (ofStore.size > KEPT_COUNTS && oldest !== undefined) ofStore.delete(oldest);
  return counts;
}

async function countAnew(
  store: Store,
  { pipelines, since, until }: Pick<RunFilter, 'pipelines' | 'since' | 'until'>,
): Promise<RunCounts> {
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
