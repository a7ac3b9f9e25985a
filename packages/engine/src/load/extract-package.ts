import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { LANDING, STEPS } from '@millrace/compiler';
import { PipelineError, type ReadRequest, type ReadResult, type StagedFile } from '@millrace/connector-sdk';
import { formatTableName } from '@millrace/spec';

import type { ThreadReadResult } from '../extract/extract-message.ts';
import {
  packageFolder,
  removeFolder,
  removeOrphans,
  toFolderName,
  type LoadPackage,
} from '../package/package-store.ts';
import { QuarantineWriter } from '../quarantine/quarantine-writer.ts';
import type { OpenSource } from '../run/open-source.ts';
import { arrivalFilters } from '../stage/arrival-filter.ts';
import { writeManifest, type Manifest } from '../stage/manifest.ts';
import { openRowEncoder } from '../stage/row-encoder.ts';
import { openStageWriter, type StageWriter } from '../stage/stage-writer.ts';
import { refuseNullCursors } from './check-cursor.ts';
import { uniqueByKey } from './check-keys.ts';
import {
  findDeletedKeys,
  keyFields,
  stageDeletedKeys,
  stageDeletedQuery,
  type DeletedKeys,
} from './detect-deletes.ts';
import { fingerprintSchema } from './fingerprint-schema.ts';
import { explainByDrift, refuseDriftDuringRead } from './drift-during-read.ts';
import { dropKnownParquetRows } from './drop-known-parquet-rows.ts';
import { findKnownHashes } from './known-hashes.ts';
import { KnownRows } from './known-rows.ts';
import { toSourcePosition } from './load-position.ts';
import { readRequest } from './read-request.ts';
import { refusedValues } from './refused-values.ts';
import { isUnchanged, savePosition } from './save-position.ts';
import { StageRows } from './stage-rows.ts';
import { isKeyGuaranteed, isKeyed, type TableLoad } from './table-load.ts';
import { MOST_APPENDED_TAIL_ROWS, TailTracker } from './tail.ts';
import { writeTailFile } from './tail-file.ts';
import { trackParquetTail } from './track-parquet-tail.ts';

const PROGRESS_EVERY_MS = 500;

/** A read that is on its way. */
export interface Extraction {
  /** The writer whose `files` can be published already; undefined when the read ends without anything new. */
  readonly opened: Promise<StageWriter | undefined>;
  /** The durable package, with its manifest written; undefined when there is nothing new. */
  readonly finished: Promise<LoadPackage | undefined>;
}

/** Reads one table into a load package. Whatever fails, no manifest is written and the folder is removed. */
export function startExtraction(load: TableLoad, isPublishedEarly: boolean, signal: AbortSignal): Extraction {
  const opened = Promise.withResolvers<StageWriter | undefined>();
  const finished = extract(load, isPublishedEarly, opened.resolve, signal);
  finished.then(
    () => opened.resolve(undefined),
    (error: unknown) => opened.reject(error),
  );
  // Both promises are looked at by the publisher; a load that is not published early looks at one only.
  opened.promise.catch(() => {});
  return { opened: opened.promise, finished };
}

async function extract(
  load: TableLoad,
  isPublishedEarly: boolean,
  onOpened: (writer: StageWriter) => void,
  signal: AbortSignal,
): Promise<LoadPackage | undefined> {
  const { session, task, decision, source } = load;
  const { fields, table } = task.source;
  const folder = packageFolder(load.taskPath, load.runId, load.attempt);
  const quarantine = openQuarantine(load);
  const tail = openTail(load);
  const known =
    decision.kind === 'incremental' && task.destination.mode === 'append'
      ? new KnownRows(
          formatTableName(table.table),
          fields,
          decision.from,
          await findKnownHashes(load, decision.from),
        )
      : undefined;
  const scratchFolder = join(
    session.folders.scratch,
    `${toFolderName(load.runId)}-${load.attempt}`,
    toFolderName(task.id),
  );
  const rows = new StageRows(async () => {
    if (existsSync(folder)) await removeFolder(folder);
    await removeOrphans(load.taskPath, folder);
    const writer = await openStageWriter(await session.database(), {
      folder,
      columns: task.columns,
      fields,
      metadata: { runId: load.runId, loadedAt: load.loadedAt },
      rejectPredicates: refusedValues(task, load.destination),
      arrival: arrivalFilters(task.arrival ?? [], task.columns, fields),
      encoder:
        isPublishedEarly && task.arrival === undefined
          ? openRowEncoder(load.destination.destination, task.columns, fields)
          : undefined,
      onRejected: (rejected) => quarantine.add(rejected),
    });
    onOpened(writer);
    return writer;
  });
  const progress = { rows: 0, rejected: 0, bytes: 0, at: performance.now() };
  let result: ThreadReadResult | undefined;
  async function* readAll() {
    result = yield* source.read(readRequest(task, decision, scratchFolder), signal);
  }
  try {
    if (mayLeaveFiles(source)) await mkdir(scratchFolder, { recursive: true });
    if (decision.kind === 'full') await rows.open();
    session.point('extracting', task.id);
    result = await copySteps(load, rows, readRequest(task, decision, scratchFolder), signal);
    progress.rows = result?.rowsSent ?? 0;
    for await (const item of result === undefined ? readAll() : []) {
      progress.rows += item.rows;
      if (item.kind === 'parquet') {
        if (tail !== undefined) await trackParquetTail(await session.database(), tail, item, fields, signal);
        const cursor = tail === undefined ? undefined : fields[tail.cursor];
        const kept =
          known === undefined || cursor === undefined
            ? item
            : await dropKnownParquetRows(
                await session.database(),
                known,
                item,
                cursor,
                scratchFolder,
                signal,
              );
        if (kept !== undefined) await rows.add(kept);
      } else {
        progress.rejected += item.rejected.length;
        for (const column of item.columns) progress.bytes += column.values.byteLength + column.heapBytes;
        tail?.add(item);
        await rows.add(known === undefined ? item : known.filter(item));
      }
      if (performance.now() - progress.at > PROGRESS_EVERY_MS) reportProgress(load, progress);
    }
    if (result === undefined) throw endedEarly(load);
    refuseLostRows(load, result.rowsSent, progress.rows + progress.rejected, 'received');
    const came = {
      rowsIn: result.rowsSent,
      bytesIn: result.bytesReceived,
      cpuMs: result.cpuMs ?? null,
    };
    load.moved = { ...came, rowsOut: 0, bytesOut: 0 };
    const position = savePosition(load, result, tail);
    const deleted = await findDeleted(load, signal);
    if (isUnchanged(load, position, progress.rows, deleted)) {
      quarantine.abort();
      await rows.writer?.abort(new Error('There is nothing new.'));
      if (rows.writer !== undefined) await removeFolder(folder);
      return undefined;
    }
    const writer = await rows.open();
    await Promise.all([writer.finish(), refuseDriftDuringRead(load, signal)]);
    const { discarded } = writer;
    const staged = writer.rows + quarantine.rows + discarded.rows + (known?.dropped ?? 0);
    refuseLostRows(load, result.rowsSent, staged, 'staged');
    if (task.source.connection === STEPS)
      load.counts = await session.steps.count(
        task,
        decision.kind === 'steps' ? 'changes' : 'all',
        result.rowsSent,
      );
    if (task.load.kind === 'incremental' && tail !== undefined)
      refuseNullCursors(task, task.load.cursor, tail.nullCount, progress.rows);
    quarantine.finish(result.rowsSent);
    const bytesOut = writer.writtenFiles.reduce((sum, file) => sum + file.sizeBytes, 0);
    load.moved = { ...came, rowsOut: writer.rows, bytesOut };
    load.emit({
      type: 'taskStaged',
      task: task.id,
      rows: writer.rows,
      bytes: result.bytesReceived,
      quarantined: quarantine.rows,
      isReused: false,
      folder,
    });
    session.point('staged', task.id);
    const files =
      isKeyed(task) && !isKeyGuaranteed(task)
        ? await uniqueByKey(load, folder, writer.writtenFiles, scratchFolder, signal)
        : writer.writtenFiles;
    if (await isKnown(load, files)) {
      await removeFolder(folder);
      return undefined;
    }
    const gone = deleted ?? (await findAbsent(load, files, signal));
    const deletedKeys =
      decision.kind === 'steps'
        ? await stageGoneKeys(load, folder, scratchFolder)
        : gone === undefined
          ? []
          : await stageDeletedKeys(await session.database(), folder, gone);
    const saved = position.cursor?.tail ?? null;
    const listed =
      task.destination.mode === 'append' && saved !== null && saved.hashes === null && tail !== undefined
        ? await writeTailFile(folder, tail.listHashes())
        : undefined;
    const manifest: Manifest = {
      version: 1,
      pipeline: load.pipeline,
      task: task.id,
      runId: load.runId,
      attempt: load.attempt,
      kind: decision.kind === 'full' || load.published === undefined ? 'full' : 'delta',
      createdAt: load.loadedAt,
      source: { connection: task.source.connection, identity: load.identity, statement: result.statement },
      schemaFingerprint: fingerprintSchema(task),
      fields: task.columns.map((column) => column.field),
      key: task.destination.key,
      files: files.map(relative),
      deletedKeys: deletedKeys.map(relative),
      rows: files.reduce((sum, file) => sum + file.rows, 0),
      rowsSent: result.rowsSent,
      bytesReceived: result.bytesReceived,
      rejected: quarantine.rows,
      ...(discarded.rows + discarded.values === 0 ? {} : { discarded }),
      position: toSourcePosition(position),
      highMark: result.highMark,
      previousRunId: load.published?.record?.runId ?? null,
    };
    await writeManifest(folder, listed === undefined ? manifest : { ...manifest, tail: listed });
    session.point('manifestWritten', task.id);
    return { folder, manifest };
  } catch (error) {
    // Before the writer stops: whoever publishes its files meanwhile fails by what it is told.
    const reason = await explainByDrift(load, error, signal);
    quarantine.abort();
    await rows.writer?.abort(reason);
    if (rows.writer !== undefined) await removeFolder(folder).catch(() => {});
    throw reason;
  } finally {
    if (mayLeaveFiles(source)) await removeFolder(scratchFolder).catch(() => {});
  }
}

/** All rows of steps go into the package by the statement that makes them, where nothing has to be done to them on the way. */
async function copySteps(
  { session, task, decision }: TableLoad,
  rows: StageRows,
  request: ReadRequest,
  signal: AbortSignal,
): Promise<ReadResult | undefined> {
  if (task.source.connection !== STEPS || decision.kind !== 'full') return undefined;
  const writer = await rows.open();
  return session.steps.copy(request, (query, run) => writer.addQuery(query, run), signal);
}

/** Sources that hand over files need a folder for them; a thousand tables of the others do not each pay for one. */
function mayLeaveFiles({ capabilities }: OpenSource): boolean {
  return capabilities.extractIn === 'owner' || capabilities.snapshot === 'file';
}

function openQuarantine({ session, pipeline, runId, attempt, task }: TableLoad): QuarantineWriter {
  const folder = join(session.folders.quarantine, toFolderName(pipeline), toFolderName(task.id));
  return new QuarantineWriter({
    path: join(folder, `${toFolderName(runId)}-${attempt}.jsonl`),
    table: formatTableName(task.source.table.table),
    columns: task.source.fields.map((field) => field.name),
    key: task.source.table.key,
    limit: task.quarantine,
  });
}

function openTail({ task, decision }: TableLoad): TailTracker | undefined {
  if (task.load.kind !== 'incremental' || task.destination.mode === 'replace') return undefined;
  const { cursor } = task.load;
  const lookback = decision.kind === 'incremental' ? decision.from.lookback : task.load.lookback;
  const index = task.source.fields.findIndex((field) => field.name === cursor);
  return new TailTracker({
    types: task.source.fields.map((field) => field.type),
    cursor: index,
    lookback: BigInt(lookback),
    ...(task.destination.mode === 'append' ? { mostRows: MOST_APPENDED_TAIL_ROWS } : {}),
  });
}

/** Keys that are gone at the source, for incremental loads that ask for them. */
async function findDeleted(load: TableLoad, signal: AbortSignal): Promise<DeletedKeys | undefined> {
  const { task, decision } = load;
  if (decision.kind !== 'incremental' || task.load.kind !== 'incremental' || !task.load.detectDeletes)
    return undefined;
  if (task.destination.mode === 'merge' && task.destination.deletes === 'ignore') return undefined;
  return findDeletedKeys(load, { kind: 'source' }, signal);
}

/** Keys of the table that a complete load does not have. */
async function findAbsent(
  load: TableLoad,
  files: readonly StagedFile[],
  signal: AbortSignal,
): Promise<DeletedKeys | undefined> {
  const { decision, task } = load;
  if (decision.kind !== 'full' || !decision.isComplete || decision.publishMode === 'replace')
    return undefined;
  if (task.destination.mode === 'merge' && task.destination.deletes === 'ignore') return undefined;
  return findDeletedKeys(load, { kind: 'files', files }, signal);
}

/** Whether a complete load brought just the rows that stay on this machine already: what reads them has nothing to do. */
async function isKnown(
  { task, decision, published, session }: TableLoad,
  files: readonly StagedFile[],
): Promise<boolean> {
  if (task.destination.connection !== LANDING || decision.kind !== 'full') return false;
  if (published?.record?.schemaFingerprint !== fingerprintSchema(task)) return false;
  return session.landing.holds(task, files);
}

/** Keys of rows that the steps do not make any more. */
async function stageGoneKeys(
  { session, task }: TableLoad,
  folder: string,
  scratchFolder: string,
): Promise<readonly StagedFile[]> {
  const query = await session.steps.goneKeys(task);
  if (query === undefined || (task.destination.mode !== 'merge' && task.destination.mode !== 'scd2'))
    return [];
  return stageDeletedQuery(await session.database(), {
    folder,
    scratchFolder,
    fields: keyFields(task),
    query,
  });
}

function relative(file: StagedFile): StagedFile {
  return { ...file, path: basename(file.path) };
}

function reportProgress(load: TableLoad, progress: { rows: number; bytes: number; at: number }): void {
  progress.at = performance.now();
  const { task } = load;
  load.emit({
    type: 'taskProgress',
    task: task.id,
    rows: progress.rows,
    bytes: progress.bytes,
    estimatedRows: task.source.table.estimatedRows,
  });
}

function refuseLostRows(load: TableLoad, sent: number, counted: number, what: 'received' | 'staged'): void {
  if (sent === counted) return;
  throw new PipelineError({
    code: 'rowCountMismatch',
    blame: 'platform',
    retry: 'backoff',
    message: `${formatTableName(load.task.source.table.table)}: the server sent ${sent} rows, but ${counted} were ${what}. Nothing was published.`,
  });
}

function endedEarly(load: TableLoad): PipelineError {
  return new PipelineError({
    code: 'connectionLost',
    blame: 'source',
    retry: 'backoff',
    message: `${formatTableName(load.task.source.table.table)}: the rows ended without an end from the server. Nothing was published.`,
  });
}
