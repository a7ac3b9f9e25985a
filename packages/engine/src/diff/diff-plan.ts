import { join } from 'node:path';

import { LANDING, titleTask, type LoadTask } from '@millrace/compiler';
import { PipelineError } from '@millrace/connector-sdk';
import { DELETED_AT_FIELD, SCD2_FIELDS, type Field } from '@millrace/spec';

import {
  listPackages,
  removeFolder,
  taskFolder,
  toFolderName,
  type LoadPackage,
} from '../package/package-store.ts';
import { packagesAsOf } from '../package/retain-packages.ts';
import { tableState } from '../package/table-state-sql.ts';
import type { RunState, TaskState } from '../run/fold-run.ts';
import type { RunContext, RunRequest } from '../run/run-request.ts';
import { runPlan } from '../run/run-plan.ts';
import { RunSession } from '../run/run-session.ts';
import { openStagingDatabase, type StagingDatabase } from '../stage/staging-database.ts';
import { compareStates, type StateDifference, type TableRows } from './compare-states.ts';
import { linkFolder } from './link-folder.ts';

/** Rows of each kind that a difference shows. */
const SAMPLES = 5;

/** What a run would change in a published table. */
export interface TableDiff {
  readonly task: string;
  readonly table: string;
  readonly connection: string;
  /** How its rows were read; null when they were not. */
  readonly mode: TaskState['mode'];
  /** Null when there is nothing to compare; `problem` says why. */
  readonly difference: StateDifference | null;
  readonly problem: string | null;
}

/**
 * Runs a plan without publishing, and compares what each table would be with what it is. Sources are read as a run would
 * read them; what is kept here stays as it was. The rows of both states come from load packages. Throws `PipelineError` when
 * it is cancelled or a destination cannot be asked.
 */
export async function diffPlan(
  request: RunRequest,
  context: RunContext,
  signal: AbortSignal,
): Promise<readonly TableDiff[]> {
  const { folders, limits } = request;
  const { pipeline } = request.plan;
  const stage = join(folders.scratch, 'stage');
  const quarantine = join(folders.scratch, 'quarantine');
  // What people decided about rows is there.
  await linkFolder(
    join(folders.quarantine, toFolderName(pipeline)),
    join(quarantine, toFolderName(pipeline)),
  );
  for (const { id } of request.plan.tasks)
    await linkFolder(taskFolder(folders.stage, pipeline, id), taskFolder(stage, pipeline, id));
  const dry: RunRequest = {
    ...request,
    plan: { ...request.plan, profile: 'off' },
    folders: {
      stage,
      quarantine,
      scratch: join(folders.scratch, 'run'),
    },
    isVerified: false,
    isDry: true,
  };
  let database: StagingDatabase | undefined;
  try {
    const published = await publishedRuns(dry, context, signal);
    const { run } = await runPlan(dry, context, signal);
    if (run.status === 'cancelled') throw cancelled();
    database = await openStagingDatabase({ ...limits, scratchFolder: join(folders.scratch, 'compare') });
    const diffs: TableDiff[] = [];
    for (const task of request.plan.tasks) {
      if (task.destination.connection === LANDING) continue;
      const state = run.tasks.get(task.id);
      const packages = await listPackages(taskFolder(stage, pipeline, task.id));
      const was = published.get(task.id) ?? null;
      diffs.push(
        await diffTask(database, {
          task,
          state,
          problem: problemOf(state, run, request.plan.tasks),
          packages,
          was,
          runId: dry.runId,
        }),
      );
    }
    return diffs;
  } finally {
    database?.close();
    await removeFolder(folders.scratch).catch(() => {});
  }
}

/** The run that published each table as it is now; a table that was never published has none. */
async function publishedRuns(
  request: RunRequest,
  context: RunContext,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const session = new RunSession({ ...request, context });
  const runs = new Map<string, string>();
  try {
    for (const { id, destination } of request.plan.tasks) {
      if (destination.connection === LANDING) continue;
      const open = await session.destination(destination.connection, signal);
      const found = await open.published(destination.table, signal);
      if (found?.record) runs.set(id, found.record.runId);
    }
    return runs;
  } finally {
    await session.close();
  }
}

interface DiffedTask {
  readonly task: LoadTask;
  readonly state: TaskState | undefined;
  /** Why its rows could not be made. */
  readonly problem: string | null;
  readonly packages: readonly LoadPackage[];
  /** The run whose rows are published. */
  readonly was: string | null;
  readonly runId: string;
}

async function diffTask(database: StagingDatabase, diffed: DiffedTask): Promise<TableDiff> {
  const { task, state, problem: stopped, packages, was, runId } = diffed;
  const { table, connection } = titleTask(task);
  const about = { task: task.id, table, connection, mode: state?.mode ?? null };
  if (stopped !== null) return { ...about, difference: null, problem: stopped };
  const chain = was === null ? [] : packagesAsOf(packages, was);
  if (chain === undefined) {
    const problem = `what is published in ${table} is not kept on this machine, so that there is nothing to compare with. Compare it with its source: millrace verify`;
    return { ...about, difference: null, problem };
  }
  const made = packages.find(({ manifest }) => manifest.runId === runId);
  if (made === undefined && chain.length === 0)
    return {
      ...about,
      difference: null,
      problem: `${table} was not published yet, and nothing came for it.`,
    };
  // A run that finds nothing new leaves everything as it is.
  const after = rowsOf(task, made === undefined ? chain : [...baseOf(task, state, chain), made]);
  const before =
    chain.length === 0
      ? { ...after, relation: `(SELECT * FROM ${after.relation} WHERE false)` }
      : rowsOf(task, chain);
  const options = { key: task.destination.key, samples: SAMPLES };
  return { ...about, difference: await compareStates(database, before, after, options), problem: null };
}

/** What failed first, when a table is left out for what its rows come from. */
function problemOf(state: TaskState | undefined, run: RunState, tasks: readonly LoadTask[]): string | null {
  const error = state?.error ?? null;
  if (error?.code !== 'upstreamFailed') return error?.message ?? null;
  const causes = tasks.flatMap((task) => {
    const cause = run.tasks.get(task.id)?.error ?? null;
    const isFirst = task.destination.connection === LANDING && cause?.code !== 'upstreamFailed';
    return cause !== null && isFirst ? [`${titleTask(task).table}: ${cause.message}`] : [];
  });
  return causes.join(' ');
}

/** What the rows of a package are added to. */
function baseOf(
  { destination, load }: LoadTask,
  state: TaskState | undefined,
  chain: readonly LoadPackage[],
): readonly LoadPackage[] {
  const isAnew = state?.mode === 'full' && load.kind === 'steps' && load.isReplaced;
  return destination.mode === 'replace' || isAnew ? [] : chain;
}

/** The rows that people see: without those that are marked deleted, and without former versions. */
function rowsOf(task: LoadTask, packages: readonly LoadPackage[]): TableRows {
  const { fields, sql } = tableState(task, packages);
  const metadata = new Set(
    task.columns.filter(({ origin }) => origin.kind === 'metadata').map(({ field }) => field.name),
  );
  const added = new Set([DELETED_AT_FIELD, ...SCD2_FIELDS].map(({ name }) => name));
  const has = (name: string) => fields.some((field) => field.name === name && added.has(name));
  const isCurrent = has('is_current')
    ? ' WHERE is_current'
    : has('deleted_at')
      ? ' WHERE deleted_at IS NULL'
      : '';
  const shown = fields.filter(({ name }: Field) => !metadata.has(name) && !added.has(name));
  return { relation: `(SELECT * FROM (${sql})${isCurrent})`, fields: shown };
}

function cancelled(): PipelineError {
  return new PipelineError({
    code: 'cancelled',
    blame: 'platform',
    retry: 'never',
    message: 'The comparison was cancelled; nothing was published.',
  });
}
