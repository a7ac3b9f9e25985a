import type { Plan } from '@millrace/compiler';
import type { RunEvent } from '@millrace/engine';
import { compareText } from '@millrace/spec';

import type { Store } from '../store/open-store.ts';
import { takeLine } from '../store/store-clock.ts';
import type { RunAttempt, RunOptions, RunRecord, StoredRun } from './run-record.ts';
import { toIso, toRecord, toStoredRun } from './run-row.ts';

/** The newest run of a pipeline that began and that no process finished; undefined when there is none. */
export async function findUnfinishedRun(store: Store, pipeline: string): Promise<StoredRun | undefined> {
  const row = await store.db
    .selectFrom('runs')
    .selectAll()
    .where('pipeline', '=', pipeline)
    .where('state', 'in', ['queued', 'running'])
    .where('attempts', '>', 0)
    .orderBy('queued_at', 'desc')
    .executeTakeFirst();
  return row && toStoredRun(row);
}

/** A run by its id, or by a beginning of its id that only one run has. */
export async function readRun(store: Store, idOrPrefix: string): Promise<StoredRun | undefined> {
  const exact = await store.db
    .selectFrom('runs')
    .selectAll()
    .where('run_id', '=', idOrPrefix)
    .executeTakeFirst();
  if (exact) return toStoredRun(exact);
  const [only, second] = await store.db
    .selectFrom('runs')
    .select('run_id')
    .where((expression) =>
      expression(
        expression.fn<string>('substr', ['run_id', expression.lit(1), expression.lit(idOrPrefix.length)]),
        '=',
        idOrPrefix,
      ),
    )
    .limit(2)
    .execute();
  return only && !second ? await readRun(store, only.run_id) : undefined;
}

export async function readAttempts(store: Store, runId: string): Promise<readonly RunAttempt[]> {
  const rows = await store.db
    .selectFrom('run_attempts')
    .selectAll()
    .where('run_id', '=', runId)
    .orderBy('attempt')
    .execute();
  return rows.map((row) => ({
    attempt: row.attempt,
    startedAt: toIso(row.started_at),
    finishedAt: row.finished_at === null ? null : toIso(row.finished_at),
    outcome: row.outcome,
    reason: row.reason,
  }));
}

/** Every event of a run in the order it was stored; a fold over them is its state. */
export async function readEvents(store: Store, runId: string): Promise<readonly RunEvent[]> {
  const rows = await store.db
    .selectFrom('run_events')
    .select('event')
    .where('run_id', '=', runId)
    .orderBy('sequence')
    .execute();
  return rows.map((row) => JSON.parse(row.event));
}

/** The events of a run behind a place, in the order they were stored, each with its own place. */
export async function readEventsAfter(
  store: Store,
  runId: string,
  after: number,
  limit: number,
): Promise<readonly { readonly sequence: number; readonly event: RunEvent }[]> {
  const rows = await store.db
    .selectFrom('run_events')
    .select(['sequence', 'event'])
    .where('run_id', '=', runId)
    .where('sequence', '>', after)
    .orderBy('sequence')
    .limit(limit)
    .execute();
  return rows.map(({ sequence, event }) => ({ sequence, event: JSON.parse(event) }));
}

export async function appendEvents(store: Store, events: readonly RunEvent[]): Promise<void> {
  await store.db.transaction().execute((db) => insertEvents(db, events));
  store.live.nudge();
}

/** Writes events down; at the end of the transaction that they belong to. */
export async function insertEvents(db: Store['db'], events: readonly RunEvent[]): Promise<void> {
  if (events.length === 0) return;
  const rows = events.map((event) => ({
    run_id: event.runId,
    attempt: event.attempt,
    type: event.type,
    event: JSON.stringify(event),
  }));
  await takeLine(db);
  for (let start = 0; start < rows.length; start += 1000) {
    await db
      .insertInto('run_events')
      .values(rows.slice(start, start + 1000))
      .execute();
  }
}

/** How many runs back a table's load is looked for: runs of single tables stand between those of all. */
const LOOK_BACK = 100;

/** The plan of the newest run of a pipeline that was asked for all of its tables. */
export async function readLastPlan(
  store: Store,
  pipeline: string,
): Promise<{ readonly record: RunRecord; readonly plan: Plan } | undefined> {
  // A plan may have megabytes; one of them is wanted.
  const rows = await store.db
    .selectFrom('runs')
    .select(['run_id', 'options'])
    .where('pipeline', '=', pipeline)
    .where('document_fingerprint', '<>', '')
    .orderBy('started_at', 'desc')
    .limit(LOOK_BACK)
    .execute();
  const whole = rows.find(({ options }) => JSON.parse(options).tables.length === 0);
  if (whole === undefined) return undefined;
  const row = await store.db
    .selectFrom('runs')
    .selectAll()
    .where('run_id', '=', whole.run_id)
    .executeTakeFirst();
  return row && { record: toRecord(row), plan: JSON.parse(row.plan) };
}

/** One plan per pipeline that ran, with the newest task for each table that one of the last runs loaded. */
export async function readLatestPlans(store: Store): Promise<readonly Plan[]> {
  const rows = await store.db
    .selectFrom('runs')
    .select('plan')
    .where('document_fingerprint', '<>', '')
    .orderBy('started_at', 'desc')
    .limit(LOOK_BACK)
    .execute();
  const latest = new Map<string, Plan>();
  for (const row of rows) {
    const plan: Plan = JSON.parse(row.plan);
    const known = latest.get(plan.pipeline);
    const missing = plan.tasks.filter((task) => !known?.tasks.some((candidate) => candidate.id === task.id));
    latest.set(plan.pipeline, known ? { ...known, tasks: [...known.tasks, ...missing] } : plan);
  }
  return [...latest.values()];
}

/** One plan per pipeline that ran: that of its last run of all tables, else of its last run. */
export async function readWholePlans(store: Store, pipeline: string | undefined): Promise<readonly Plan[]> {
  let query = store.db
    .selectFrom('runs')
    .select(['plan', 'options', 'pipeline'])
    .where('document_fingerprint', '<>', '')
    .orderBy('started_at', 'desc')
    .limit(LOOK_BACK);
  if (pipeline !== undefined) query = query.where('pipeline', '=', pipeline);
  const latest = new Map<string, { readonly plan: string; readonly isWhole: boolean }>();
  for (const row of await query.execute()) {
    const options: RunOptions = JSON.parse(row.options);
    const isWhole = options.tables.length === 0;
    const known = latest.get(row.pipeline);
    if (known === undefined || (isWhole && !known.isWhole))
      latest.set(row.pipeline, { plan: row.plan, isWhole });
  }
  return [...latest]
    .toSorted(([left], [right]) => compareText(left, right))
    .map(([, { plan }]) => JSON.parse(plan));
}

/** Every event of these types in runs of a pipeline, in the order it was stored. */
export async function readEventsOf(
  store: Store,
  pipeline: string,
  types: readonly RunEvent['type'][],
): Promise<readonly RunEvent[]> {
  const rows = await store.db
    .selectFrom('run_events')
    .innerJoin('runs', 'runs.run_id', 'run_events.run_id')
    .select('run_events.event')
    .where('runs.pipeline', '=', pipeline)
    .where('run_events.type', 'in', types)
    .orderBy('run_events.sequence')
    .execute();
  return rows.map((row) => JSON.parse(row.event));
}
