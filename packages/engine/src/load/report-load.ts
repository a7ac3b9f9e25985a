import type { LoadTask } from '@millrace/compiler';
import type { PublicationRecord, PublishResult } from '@millrace/connector-sdk';

import type { LoadPackage } from '../package/package-store.ts';
import type { RunEventBody } from '../run/run-event.ts';
import { verifyTask } from '../verify/verify-task.ts';
import type { VerifyTaskOptions } from '../verify/verify-task-options.ts';
import type { TableLoad } from './table-load.ts';

/** Says what a publication did. */
export function reportPublished(
  load: TableLoad,
  result: PublishResult,
  { manifest }: LoadPackage,
  startedAt: number,
): void {
  load.emit({
    type: 'taskPublished',
    task: load.task.id,
    record: result.record,
    rowsRead: manifest.rowsSent,
    bytesRead: manifest.bytesReceived,
    rowsInserted: result.rowsInserted,
    rowsUpdated: result.rowsUpdated,
    rowsDeleted: result.rowsDeleted,
    quarantined: manifest.rejected,
    ...(manifest.discarded === undefined ? {} : { discarded: manifest.discarded }),
    durationMs: Math.round(performance.now() - startedAt),
    isAdopted: result.isAdopted,
  });
}

/** Says what the rows of a load took; `finished` stands for what an earlier attempt had moved. */
export function reportMeasured(load: TableLoad, finished: LoadPackage | undefined, startedAt: number): void {
  const { task, session, moved = movedBefore(finished) } = load;
  const usage = session.steps.usage.of(task.id);
  load.emit({
    type: 'taskMeasured',
    task: task.id,
    steps: session.steps.graph.computedBy(task),
    ...(load.counts && { counts: load.counts }),
    rowsIn: usage?.rows ?? moved.rowsIn,
    rowsOut: moved.rowsOut,
    bytesIn: usage?.bytes ?? moved.bytesIn,
    bytesOut: moved.bytesOut,
    durationMs: Math.round(performance.now() - startedAt),
    cpuMs: roundUp(usage?.cpuMs ?? moved.cpuMs),
    peakMemoryBytes: usage?.peakMemoryBytes ?? null,
    spilledBytes: usage?.spilledBytes ?? null,
  });
}

function movedBefore(finished: LoadPackage | undefined): NonNullable<TableLoad['moved']> {
  const { rowsSent = 0, bytesReceived = 0, rows = 0, files = [] } = finished?.manifest ?? {};
  const bytesOut = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  return { rowsIn: rowsSent, bytesIn: bytesReceived, cpuMs: null, rowsOut: rows, bytesOut };
}

function roundUp(milliseconds: number | null): number | null {
  return milliseconds === null ? null : Math.ceil(milliseconds);
}

/** Says that this run had published the table before. */
export function reportAdopted(
  task: LoadTask,
  record: PublicationRecord,
  durationMs: number,
  emit: (event: RunEventBody) => void,
): void {
  const counts = {
    rowsRead: record.rows,
    bytesRead: 0,
    rowsInserted: 0,
    rowsUpdated: 0,
    rowsDeleted: 0,
    quarantined: 0,
  };
  emit({
    type: 'taskPublished',
    task: task.id,
    record,
    ...counts,
    durationMs: Math.round(durationMs),
    isAdopted: true,
  });
}

/** Compares the table with its source, and says what was found. */
export async function reportVerified(
  options: VerifyTaskOptions,
  emit: (event: RunEventBody) => void,
  signal: AbortSignal,
): Promise<void> {
  emit({ type: 'taskVerified', ...(await verifyTask(options, signal)) });
}
