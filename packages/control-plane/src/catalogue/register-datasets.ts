import { isDeepStrictEqual } from 'node:util';

import { LANDING, type LoadTask, type Plan } from '@millrace/compiler';
import type { RunState, TaskState } from '@millrace/engine';
import { formatLogicalType, formatTableName } from '@millrace/spec';

import type { Store } from '../store/open-store.ts';
import type { DatasetRow } from './catalogue-schema.ts';
import type { DatasetRef } from './find-dataset.ts';
import { noteChanges } from './note-changes.ts';
import { saveVersion } from './save-version.ts';

/** A column of a dataset, as people read it. */
export interface DatasetColumn {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  readonly isKey: boolean;
}

/** Runs of which the check results of a task are kept. */
const KEPT = 500;
/** Names that one statement asks for. */
const NAMES_AT_ONCE = 500;

/**
 * Takes the tables that a run had in work into the catalogue. Telling it twice of the same run changes nothing. Part of a
 * transaction.
 */
export async function registerDatasets(
  db: Store['db'],
  plan: Plan,
  run: RunState & { readonly runId: string },
  anomalies: readonly { readonly task: string }[],
  at: number,
): Promise<void> {
  const changed: DatasetRef[] = [];
  /** Where nothing was new, which in a run of a thousand tables is nearly everywhere. */
  const looked = new Map<string, string[]>();
  const known = await readKnown(db, plan);
  for (const task of plan.tasks) {
    const state = run.tasks.get(task.id);
    if (state === undefined) continue;
    if (state.checks.length > 0) await saveChecks(db, plan.pipeline, task, state, run.runId, at);
    const { connection } = task.destination;
    if (connection === LANDING) continue;
    const before = known.get(connection)?.get(formatTableName(task.destination.table));
    const row = describeDataset(plan.pipeline, task, state, before, {
      runId: run.runId,
      anomalies: anomalies.filter((anomaly) => anomaly.task === task.id).length,
      at,
    });
    if (row === undefined) continue;
    changed.push({ connection, name: row.name });
    if (isOnlyLookedAt(before, row)) looked.set(connection, [...(looked.get(connection) ?? []), row.name]);
    else await saveDataset(db, row, state);
  }
  for (const [connection, names] of looked)
    for (const some of chunk(names, NAMES_AT_ONCE))
      await db
        .updateTable('datasets')
        .set({ checked_at: at, run_id: run.runId, outcome: 'unchanged', reason: null, concerns: 0 })
        .where('connection', '=', connection)
        .where('name', 'in', some)
        .execute();
  await noteChanges(db, changed);
}

/** What is known of the tables that a plan publishes, by connection and name. */
async function readKnown(
  db: Store['db'],
  { tasks }: Plan,
): Promise<ReadonlyMap<string, ReadonlyMap<string, DatasetRow>>> {
  const published = tasks.filter(({ destination }) => destination.connection !== LANDING);
  const names = Map.groupBy(published, ({ destination }) => destination.connection);
  const known = new Map<string, Map<string, DatasetRow>>();
  for (const [connection, ofConnection] of names) {
    const found = new Map<string, DatasetRow>();
    known.set(connection, found);
    const tables = ofConnection.map(({ destination }) => formatTableName(destination.table));
    for (const some of chunk(tables, NAMES_AT_ONCE)) {
      const rows = await db
        .selectFrom('datasets')
        .selectAll()
        .where('connection', '=', connection)
        .where('name', 'in', some)
        .execute();
      for (const row of rows) found.set(row.name, row);
    }
  }
  return known;
}

function chunk(names: readonly string[], size: number): readonly (readonly string[])[] {
  return Array.from({ length: Math.ceil(names.length / size) }, (_, index) =>
    names.slice(index * size, (index + 1) * size),
  );
}

const OUTCOMES: Readonly<Partial<Record<TaskState['status'], DatasetRow['outcome']>>> = {
  published: 'published',
  unchanged: 'unchanged',
  paused: 'paused',
  failed: 'failed',
};

/** The dataset as a run leaves it; undefined when there is none, or when this is known already. */
function describeDataset(
  pipeline: string,
  task: LoadTask,
  state: TaskState,
  before: DatasetRow | undefined,
  { runId, anomalies, at }: { readonly runId: string; readonly anomalies: number; readonly at: number },
): DatasetRow | undefined {
  const outcome = OUTCOMES[state.status];
  if (outcome === undefined) return undefined;
  const { connection, table } = task.destination;
  // A table that never was published is no dataset yet.
  if (before === undefined && state.record === null && outcome !== 'unchanged') return undefined;
  if (before?.run_id === runId && before.outcome === outcome) return undefined;
  const isPublished = state.record !== null;
  return {
    connection,
    name: formatTableName(table),
    schema_name: table.schema ?? null,
    table_name: table.name,
    pipeline,
    task: task.id,
    columns: isPublished || before === undefined ? JSON.stringify(columnsOf(task)) : before.columns,
    version: state.record?.version ?? before?.version ?? null,
    published_at:
      state.record === null ? (before?.published_at ?? null) : Date.parse(state.record.publishedAt),
    checked_at: isPublished || outcome === 'unchanged' ? at : (before?.checked_at ?? null),
    row_count: rowsAfter(task, state, before),
    size_bytes: bytesAfter(state, before),
    run_id: runId,
    outcome,
    reason: state.error?.message ?? state.pausedBecause,
    concerns: anomalies + state.checks.filter((check) => check.status === 'failed').length,
  };
}

/** Whether nothing is different but that a run looked, and found nothing to say. */
function isOnlyLookedAt(before: DatasetRow | undefined, row: DatasetRow): boolean {
  if (before === undefined || row.outcome !== 'unchanged' || row.reason !== null || row.concerns > 0)
    return false;
  const { checked_at, run_id, outcome, reason, concerns } = row;
  return isDeepStrictEqual({ ...before, checked_at, run_id, outcome, reason, concerns }, row);
}

async function saveDataset(db: Store['db'], row: DatasetRow, state: TaskState): Promise<void> {
  await db
    .insertInto('datasets')
    .values(row)
    .onConflict((conflict) => {
      const { connection: _, name: __, ...changed } = row;
      return conflict.columns(['connection', 'name']).doUpdateSet(changed);
    })
    .execute();
  if (state.record !== null) await saveVersion(db, row, null);
}

async function saveChecks(
  db: Store['db'],
  pipeline: string,
  task: LoadTask,
  { checks }: TaskState,
  runId: string,
  at: number,
): Promise<void> {
  await db
    .insertInto('check_results')
    .values({
      run_id: runId,
      task: task.id,
      pipeline,
      step: task.sourceStep,
      checked_at: at,
      results: JSON.stringify(checks),
    })
    .onConflict((conflict) => conflict.columns(['run_id', 'task']).doNothing())
    .execute();
  const oldest = await db
    .selectFrom('check_results')
    .select('checked_at')
    .where('pipeline', '=', pipeline)
    .where('task', '=', task.id)
    .orderBy('checked_at', 'desc')
    .limit(1)
    .offset(KEPT)
    .executeTakeFirst();
  if (oldest === undefined) return;
  await db
    .deleteFrom('check_results')
    .where('pipeline', '=', pipeline)
    .where('task', '=', task.id)
    .where('checked_at', '<=', oldest.checked_at)
    .execute();
}

function columnsOf(task: LoadTask): readonly DatasetColumn[] {
  const key = new Set(task.destination.key);
  return task.columns.map(({ field }) => ({
    name: field.name,
    type: formatLogicalType(field.type),
    nullable: field.nullable,
    isKey: key.has(field.name),
  }));
}

/** As the publications count; deletes that only mark rows take none away. */
function rowsAfter(task: LoadTask, state: TaskState, before: DatasetRow | undefined): number | null {
  if (state.record === null) return before?.row_count ?? null;
  const { mode, deletes } = task.destination;
  if (state.mode === 'full' || mode === 'replace') return state.record.rows;
  if (before === undefined) return state.record.version === 1 ? state.rowsInserted : null;
  if (before.row_count === null) return null;
  const removed = mode === 'merge' && deletes === 'hard' ? state.rowsDeleted : 0;
  return before.row_count + state.rowsInserted - removed;
}

function bytesAfter(state: TaskState, before: DatasetRow | undefined): number | null {
  const written = state.measures?.bytesOut ?? null;
  if (state.record === null || written === null) return before?.size_bytes ?? null;
  return state.mode === 'full' ? written : (before?.size_bytes ?? 0) + written;
}
