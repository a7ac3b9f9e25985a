import { join } from 'node:path';

import type { LoadTask } from '@millrace/compiler';
import { PipelineError, type PublicationRecord, type StagedFile } from '@millrace/connector-sdk';
import { formatTableName } from '@millrace/spec';

import type { RunContext, RunRequest } from '../run/run-request.ts';
import { RunSession } from '../run/run-session.ts';
import { readManifest, resolveFiles } from '../stage/manifest.ts';
import { listPackages, packageFolder, taskFolder, toFolderName, type LoadPackage } from './package-store.ts';
import { packagesAsOf } from './retain-packages.ts';
import { writeState } from './write-state.ts';

/** A run of its own: `runId` names the rollback, `fenceToken` its lease. */
export interface RollbackRequest extends Pick<
  RunRequest,
  'plan' | 'runId' | 'attempt' | 'fenceToken' | 'connections' | 'folders' | 'limits'
> {
  /** Id of the task in the plan. */
  readonly task: string;
  /** The run whose state comes back; null for the one before the current. The current run's own id rebuilds the table. */
  readonly toRunId: string | null;
}

export interface RollbackResult {
  readonly restoredRunId: string;
  readonly record: PublicationRecord;
  /** Rows of the table as it is now. */
  readonly rows: number;
}

/**
 * Publishes a table as it was after an earlier run, from load packages alone; the source is not asked. The saved position
 * becomes that run's, so that the next incremental load continues from there. Throws `PipelineError`: `tableMissing`
 * when the table was never published, `positionLost` when the packages of that run are gone, `checksumMismatch` when
 * one is damaged.
 */
export async function rollbackTable(
  request: RollbackRequest,
  context: RunContext,
  signal: AbortSignal,
): Promise<RollbackResult> {
  const task = request.plan.tasks.find((candidate) => candidate.id === request.task);
  if (task === undefined) throw unknownTask(request);
  const session = new RunSession({ ...request, context });
  try {
    const destination = await session.destination(task.destination.connection, signal);
    const published = await destination.published(task.destination.table, signal);
    const record = published?.record ?? null;
    if (record === null) throw neverPublished(task);
    const taskPath = taskFolder(request.folders.stage, request.plan.pipeline, task.id);
    const packages = await listPackages(taskPath);
    const restoredRunId = request.toRunId ?? previousRun(task, packages, record);
    const chain = packagesAsOf(packages, restoredRunId);
    if (chain === undefined) throw packagesGone(task, packages, restoredRunId);
    for (const { folder } of chain) await readManifest(folder, { verifyChecksums: true });
    const state = await writeState(
      {
        database: await session.database(),
        task,
        packages: chain,
        folder: packageFolder(taskPath, request.runId, request.attempt),
        scratchFolder: join(request.folders.scratch, toFolderName(request.runId)),
        as: {
          runId: request.runId,
          attempt: request.attempt,
          createdAt: new Date().toISOString(),
          previousRunId: record.runId,
        },
      },
      signal,
    );
    const { manifest, folder } = state;
    const leave = await destination.publishing.take(signal);
    try {
      const result = await destination.destination.publish(
        {
          table: task.destination.table,
          runId: request.runId,
          fenceToken: request.fenceToken,
          mode: 'replace',
          deletes: task.destination.deletes,
          key: task.destination.key,
          fields: manifest.fields,
          changes: [],
          position: () => manifest.position,
          schemaFingerprint: manifest.schemaFingerprint,
          loadedAt: manifest.createdAt,
          deletedKeys: () => [],
          reader: await session.reader(),
        },
        listFiles(resolveFiles(folder, manifest.files)),
        signal,
      );
      return { restoredRunId, record: result.record, rows: manifest.rows };
    } finally {
      leave();
    }
  } finally {
    await session.close();
  }
}

async function* listFiles(files: readonly StagedFile[]): AsyncGenerator<StagedFile> {
  yield* files;
}

function previousRun(task: LoadTask, packages: readonly LoadPackage[], record: PublicationRecord): string {
  const current = packages.findLast(({ manifest }) => manifest.runId === record.runId);
  const previous = current?.manifest.previousRunId ?? null;
  if (previous !== null) return previous;
  throw new PipelineError({
    code: 'positionLost',
    blame: 'platform',
    retry: 'never',
    message: `${formatTableName(task.destination.table)} has no version before run ${record.runId} in its load packages. Name a run with --to: ${runsOf(packages)}.`,
  });
}

function packagesGone(task: LoadTask, packages: readonly LoadPackage[], runId: string): PipelineError {
  return new PipelineError({
    code: 'positionLost',
    blame: 'platform',
    retry: 'never',
    message:
      `The load packages of ${formatTableName(task.destination.table)} as of run ${runId} are not all there. ` +
      `Choose one of: ${runsOf(packages)}. Raise retention.packages in millrace.yaml to keep more.`,
  });
}

function runsOf(packages: readonly LoadPackage[]): string {
  const runs = [...new Set(packages.map(({ manifest }) => manifest.runId))].filter(
    (runId) => packagesAsOf(packages, runId) !== undefined,
  );
  return runs.length === 0 ? 'none is kept' : runs.join(', ');
}

function neverPublished(task: LoadTask): PipelineError {
  return new PipelineError({
    code: 'tableMissing',
    blame: 'destination',
    retry: 'never',
    message: `${formatTableName(task.destination.table)} was not published to ${task.destination.connection} yet. There is nothing to roll back.`,
  });
}

function unknownTask(request: RollbackRequest): PipelineError {
  return new PipelineError({
    code: 'configInvalid',
    blame: 'config',
    retry: 'never',
    message: `The plan of ${request.plan.pipeline} has no task ${request.task}. It has: ${request.plan.tasks.map((task) => task.id).join(', ')}.`,
  });
}
