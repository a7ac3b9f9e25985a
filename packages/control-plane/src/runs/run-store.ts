import type { Plan } from '@millrace/compiler';
import type { RunEvent, RunOutcome } from '@millrace/engine';
import { compareText } from '@millrace/spec';

import type { Lease } from '../lease/lease.ts';
import { pidOf } from '../lease/process-identity.ts';
import type { Store } from '../store/open-store.ts';
import { storeNow } from '../store/store-clock.ts';
import type { RunRow } from '../store/store-schema.ts';
import type { RunAttempt, RunOptions, RunRecord, UnfinishedRun } from './run-record.ts';

export interface NewRun {
  readonly runId: string;
  readonly plan: Plan;
  readonly options: RunOptions;
}

/** Records a run and its first attempt in one transaction. */
export async function createRun(store: Store, lease: Lease, run: NewRun): Promise<void> {
  await store.db.transaction().execute(async (db) => {
    await db
      .insertInto('runs')
      .values({
        run_id: run.runId,
        pipeline: run.plan.pipeline,
        state: 'running',
        document_fingerprint: run.plan.documentFingerprint,
        options: JSON.stringify({ ...run.options, parameters: run.plan.parameters ?? {} }),
        plan: JSON.stringify(run.plan),
        reason: null,
        attempts: 1,
        started_at: storeNow,
        finished_at: null,
      })
      .execute();
    await insertAttempt(db, lease, run.runId, 1);
    await db.updateTable('leases').set({ run_id: run.runId }).where('name', '=', lease.name).execute();
  });
}

/** Closes the dead attempts of an unfinished run and records the next one; the number of the new attempt. */
export async function resumeRun(store: Store, lease: Lease, runId: string): Promise<number> {
  return await store.db.transaction().execute(async (db) => {
    const open = await db
      .selectFrom('run_attempts')
      .select(['attempt', 'owner'])
      .where('run_id', '=', runId)
      .where('finished_at', 'is', null)
      .execute();
    for (const { attempt, owner } of open) {
      await db
        .updateTable('run_attempts')
        .set({
          finished_at: storeNow,
          outcome: 'lost',
          reason: `The process ${pidOf(owner)} ended without finishing it.`,
        })
        .where('run_id', '=', runId)
        .where('attempt', '=', attempt)
        .execute();
    }
    const { attempts } = await db
      .updateTable('runs')
      .set((expression) => ({ attempts: expression('attempts', '+', 1) }))
      .where('run_id', '=', runId)
      .where('state', '=', 'running')
      .returning('attempts')
      .executeTakeFirstOrThrow();
    await insertAttempt(db, lease, runId, attempts);
    await db.updateTable('leases').set({ run_id: runId }).where('name', '=', lease.name).execute();
    return attempts;
  });
}

async function insertAttempt(db: Store['db'], lease: Lease, runId: string, attempt: number): Promise<void> {
  await db
    .insertInto('run_attempts')
    .values({
      run_id: runId,
      attempt,
      fence_token: lease.fenceToken,
      owner: lease.owner,
      started_at: storeNow,
      finished_at: null,
      outcome: null,
      reason: null,
    })
    .execute();
}

/** Ends an attempt without ending its run: the next `run` takes it up. */
export async function endAttempt(
  store: Store,
  runId: string,
  attempt: number,
  outcome: string,
  reason: string,
): Promise<void> {
  await store.db
    .updateTable('run_attempts')
    .set({ finished_at: storeNow, outcome, reason })
    .where('run_id', '=', runId)
    .where('attempt', '=', attempt)
    .where('finished_at', 'is', null)
    .execute();
}

/**
 * Ends a run, if the lease is still ours: a process that lost it must not decide about the run of its successor. A state
 * that is terminal already stays; false then.
 */
export async function finishRun(
  store: Store,
  lease: Lease,
  runId: string,
  state: RunOutcome,
  reason: string | null,
): Promise<boolean> {
  return await store.db.transaction().execute(async (db) => {
    const result = await db
      .updateTable('runs')
      .set({ state, reason, finished_at: storeNow })
      .where('run_id', '=', runId)
      .where('state', '=', 'running')
      .where(({ exists, selectFrom }) =>
        exists(
          selectFrom('leases')
            .select('name')
            .where('name', '=', lease.name)
            .where('fence_token', '=', lease.fenceToken),
        ),
      )
      .executeTakeFirst();
    if (result.numUpdatedRows === 0n) return false;
    await db
      .updateTable('run_attempts')
      .set({ finished_at: storeNow, outcome: state, reason })
      .where('run_id', '=', runId)
      .where('finished_at', 'is', null)
      .execute();
    return true;
  });
}

/** The run of a pipeline that no process finished; undefined when there is none. */
export async function findUnfinishedRun(store: Store, pipeline: string): Promise<UnfinishedRun | undefined> {
  const row = await store.db
    .selectFrom('runs')
    .selectAll()
    .where('pipeline', '=', pipeline)
    .where('state', '=', 'running')
    .orderBy('started_at', 'desc')
    .executeTakeFirst();
  return row && { record: toRecord(row), plan: JSON.parse(row.plan) };
}

/** Newest first. */
export async function listRuns(
  store: Store,
  filter: { readonly pipeline?: string | undefined; readonly limit: number },
): Promise<readonly RunRecord[]> {
  let query = store.db.selectFrom('runs').selectAll().orderBy('started_at', 'desc').limit(filter.limit);
  if (filter.pipeline !== undefined) query = query.where('pipeline', '=', filter.pipeline);
  return (await query.execute()).map(toRecord);
}

/** A run by its id, or by a beginning of its id that only one run has. */
export async function readRun(
  store: Store,
  idOrPrefix: string,
): Promise<{ readonly record: RunRecord; readonly plan: Plan } | undefined> {
  const rows = await store.db
    .selectFrom('runs')
    .selectAll()
    .where((expression) =>
      expression(
        expression.fn<string>('substr', ['run_id', expression.lit(1), expression.val(idOrPrefix.length)]),
        '=',
        idOrPrefix,
      ),
    )
    .limit(2)
    .execute();
  const row = rows.length === 1 ? rows[0] : rows.find((candidate) => candidate.run_id === idOrPrefix);
  return row && { record: toRecord(row), plan: JSON.parse(row.plan) };
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

export async function appendEvents(store: Store, events: readonly RunEvent[]): Promise<void> {
  const rows = events.map((event) => ({
    run_id: event.runId,
    attempt: event.attempt,
    type: event.type,
    event: JSON.stringify(event),
  }));
  await store.db.transaction().execute(async (db) => {
    for (let start = 0; start < rows.length; start += 1000) {
      await db
        .insertInto('run_events')
        .values(rows.slice(start, start + 1000))
        .execute();
    }
  });
}

function toRecord(row: RunRow): RunRecord {
  const { parameters = {}, ...options } = JSON.parse(row.options);
  return {
    runId: row.run_id,
    pipeline: row.pipeline,
    state: row.state,
    documentFingerprint: row.document_fingerprint,
    options,
    parameters,
    reason: row.reason,
    attempts: row.attempts,
    startedAt: toIso(row.started_at),
    finishedAt: row.finished_at === null ? null : toIso(row.finished_at),
  };
}

function toIso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

/** How many runs back a table's load is looked for: runs of single tables stand between those of all. */
const LOOK_BACK = 100;

/** The plan of the newest run of a pipeline that was asked for all of its tables. */
export async function readLastPlan(
  store: Store,
  pipeline: string,
): Promise<{ readonly record: RunRecord; readonly plan: Plan } | undefined> {
  const rows = await store.db
    .selectFrom('runs')
    .selectAll()
    .where('pipeline', '=', pipeline)
    .orderBy('started_at', 'desc')
    .limit(LOOK_BACK)
    .execute();
  for (const row of rows) {
    const record = toRecord(row);
    if (record.options.tables.length === 0) return { record, plan: JSON.parse(row.plan) };
  }
  return undefined;
}

/** One plan per pipeline that ran, with the newest task for each table that one of the last runs loaded. */
export async function readLatestPlans(store: Store): Promise<readonly Plan[]> {
  const rows = await store.db
    .selectFrom('runs')
    .select('plan')
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
