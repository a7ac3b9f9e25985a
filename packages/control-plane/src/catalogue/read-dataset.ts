import { STEPS, type CheckResult, type Plan } from '@millrace/compiler';

import { readRun } from '../runs/run-store.ts';
import type { Store } from '../store/open-store.ts';
import type { DatasetRow } from './catalogue-schema.ts';

const MAX_CHECKED_RUNS = 200;
const MAX_VERSIONS = 100;
const USAGE_MS = 30 * 86_400_000;

/** Results of the checks of a dataset's task, and of the tasks whose rows it is made of; the latest first. */
export async function readChecks(
  store: Store,
  dataset: DatasetRow,
): Promise<{ runId: string; step: string; at: string; results: CheckResult[] }[]> {
  const found = await readRun(store, dataset.run_id);
  const tasks = found === undefined ? [dataset.task] : tasksBefore(found.plan, dataset.task);
  const rows = await store.db
    .selectFrom('check_results')
    .selectAll()
    .where('pipeline', '=', dataset.pipeline)
    .where('task', 'in', tasks)
    .orderBy('checked_at', 'desc')
    .limit(MAX_CHECKED_RUNS)
    .execute();
  return rows.map((row) => ({
    runId: row.run_id,
    step: row.step,
    at: new Date(row.checked_at).toISOString(),
    results: JSON.parse(row.results),
  }));
}

/** A task and those whose rows reach it through steps. */
function tasksBefore({ steps, tasks }: Plan, id: string): string[] {
  const task = tasks.find((candidate) => candidate.id === id);
  if (task === undefined || task.source.connection !== STEPS) return [id];
  const refs = [task.source.table.table.name];
  for (const ref of refs)
    for (const input of steps.find((step) => step.ref === ref)?.inputs ?? [])
      if (!refs.includes(input.ref)) refs.push(input.ref);
  const behind = tasks.filter(({ destination }) => refs.includes(destination.table.name));
  return [...new Set([id, ...behind.map((each) => each.id)])];
}

export async function readVersions(
  store: Store,
  { connection, name, version: current }: DatasetRow,
): Promise<
  {
    version: number;
    runId: string;
    publishedAt: string;
    rows: number | null;
    isCurrent: boolean;
    restoredRun: string | null;
  }[]
> {
  const rows = await store.db
    .selectFrom('dataset_versions')
    .selectAll()
    .where('connection', '=', connection)
    .where('name', '=', name)
    .orderBy('version', 'desc')
    .limit(MAX_VERSIONS)
    .execute();
  return rows.map((row) => ({
    version: row.version,
    runId: row.run_id,
    publishedAt: new Date(row.published_at).toISOString(),
    rows: row.row_count,
    isCurrent: row.version === current,
    restoredRun: row.restored_run,
  }));
}

/** Who asked it lately. */
export async function readUsage(
  store: Store,
  { connection, name }: DatasetRow,
  at: number,
): Promise<{ queries: number; lastAt: string | null; people: { name: string; queries: number }[] }> {
  const rows = await store.db
    .selectFrom('query_tables')
    .innerJoin('queries', 'queries.query_id', 'query_tables.query_id')
    .select(({ fn }) => [
      'queries.caller',
      fn.countAll<number>().as('times'),
      fn.max<number>('queries.started_at').as('last'),
    ])
    .where('query_tables.connection', '=', connection)
    .where('query_tables.name', '=', name)
    .where('queries.started_at', '>=', at - USAGE_MS)
    .groupBy('queries.caller')
    .execute();
  const people = rows
    .map(({ caller, times }) => ({ name: caller, queries: Number(times) }))
    .toSorted((left, right) => right.queries - left.queries);
  const last = rows.length === 0 ? null : Math.max(...rows.map((row) => row.last));
  return {
    queries: people.reduce((sum, { queries }) => sum + queries, 0),
    lastAt: last === null ? null : new Date(last).toISOString(),
    people,
  };
}
