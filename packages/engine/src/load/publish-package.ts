import { PipelineError, type PublishResult, type StagedFile } from '@millrace/connector-sdk';

import type { LoadPackage } from '../package/package-store.ts';
import type { RunPoint } from '../run/run-request.ts';
import { resolveFiles } from '../stage/manifest.ts';
import type { Extraction } from './extract-package.ts';
import { fingerprintSchema } from './fingerprint-schema.ts';
import type { TableLoad } from './table-load.ts';

const PUBLISH_POINTS: readonly RunPoint[] = ['publish:staged', 'publish:beforeCommit', 'publish:afterCommit'];

/** Publishes a package that is finished. The caller holds a publishing place of the destination. */
export function publishPackage(
  load: TableLoad,
  finished: LoadPackage,
  signal: AbortSignal,
): Promise<PublishResult> {
  return publish(load, listFiles(finished), () => finished, signal);
}

/**
 * Publishes while rows still arrive. The list of files ends only when the read ended with its result, every count held
 * and the manifest is durable; if any of it fails the list throws, and the destination drops what it staged.
 */
export async function publishDuring(
  load: TableLoad,
  extraction: Extraction,
  signal: AbortSignal,
): Promise<PublishResult> {
  let finished: LoadPackage | undefined;
  async function* files(): AsyncGenerator<StagedFile> {
    const writer = await extraction.opened;
    if (writer !== undefined) yield* writer.files;
    finished = await extraction.finished;
    load.session.point('checked', load.task.id);
  }
  return publish(
    load,
    files(),
    () => {
      if (finished !== undefined) return finished;
      throw new PipelineError({
        code: 'internal',
        blame: 'destination',
        retry: 'never',
        message: `${load.task.destination.connection} asked for the position before it had taken the last file. This is a defect of its connector; please report it.`,
      });
    },
    signal,
  );
}

async function publish(
  load: TableLoad,
  files: AsyncIterable<StagedFile>,
  finished: () => LoadPackage,
  signal: AbortSignal,
): Promise<PublishResult> {
  const { task, decision, session } = load;
  const mode = decision.kind === 'full' ? decision.publishMode : task.destination.mode;
  return load.destination.destination.publish(
    {
      table: task.destination.table,
      runId: load.runId,
      fenceToken: load.fenceToken,
      mode,
      deletes: task.destination.deletes,
      key: task.destination.key,
      fields: task.columns.map((column) => column.field),
      changes: mode === 'replace' ? [] : load.changes,
      position: () => finished().manifest.position,
      schemaFingerprint: fingerprintSchema(task),
      loadedAt: load.loadedAt,
      deletedKeys: () => resolveFiles(finished().folder, finished().manifest.deletedKeys),
      reader: await session.reader(),
      checkpoint: (name) => {
        const point = PUBLISH_POINTS.find(
          (candidate) => candidate === name || candidate === `publish:${name}`,
        );
        if (point !== undefined) session.point(point, task.id);
      },
    },
    files,
    signal,
  );
}

async function* listFiles({ folder, manifest }: LoadPackage): AsyncGenerator<StagedFile> {
  yield* resolveFiles(folder, manifest.files);
}
