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
  for (const task of plan.tasks) {
    const state = run.tasks.get(task.id);
    if (state === undefined) continue;
    if (state.checks.length > 0) await saveChecks(db, plan.pipeline, task, state, run.runId, at);
    if (task.destination.connection === LANDING) continue;
    const isChanged = await registerDataset(db, plan, task, state, {
      runId: run.runId,
      anomalies: anomalies.filter((anomaly) => anomaly.task === task.id).length,
      at,
    });
    if (isChanged)
      changed.push({
        connection: task.destination.connection,
        name: formatTableName(task.destination.table),
      });
  }
  await noteChanges(db, changed);
}

const OUTCOMES: Readonly<Partial<Record<TaskState['status'], DatasetRow['outcome']>>> = {
  published: 'published',
  unchanged: 'unchanged',
  paused: 'paused',
  failed: 'failed',
};

async function registerDataset(
  db: Store['db'],
  plan: Plan,
  task: LoadTask,
  state: TaskState,
  { runId, anomalies, at }: { readonly runId: string; readonly anomalies: number; readonly at: number },
): Promise<boolean> {
  const outcome = OUTCOMES[state.status];
  if (outcome === undefined) return false;
  const { connection, table } = task.destination;
  const name = formatTableName(table);
  const before = await db
    .selectFrom('datasets')
    .selectAll()
    .where('connection', '=', connection)
    .where('name', '=', name)
    .executeTakeFirst();
  // A table that never was published is no dataset yet.
  if (before === undefined && state.record === null && outcome !== 'unchanged') return false;
  if (before?.run_id === runId && before.outcome === outcome) return false;
  const isPublished = state.record !== null;
  const row: DatasetRow = {
    connection,
    name,
    schema_name: table.schema ?? null,
    table_name: table.name,
    pipeline: plan.pipeline,
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
  await db
    .insertInto('datasets')
    .values(row)
    .onConflict((conflict) => {
      const { connection: _, name: __, ...changed } = row;
      return conflict.columns(['connection', 'name']).doUpdateSet(changed);
    })
    .execute();
  if (state.record !== null) await saveVersion(db, row, null);
  return true;
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
