import { applyContract, formatDrift } from '@millrace/compiler';
import { PipelineError, type PipelineErrorCode } from '@millrace/connector-sdk';
import { formatTableName, type SourceTable } from '@millrace/spec';

import type { TableLoad } from './table-load.ts';

/** What a read can end with when the table is not what it was when the read was planned. */
const CODES_OF_DRIFT: ReadonlySet<PipelineErrorCode> = new Set([
  'columnMissing',
  'schemaDrift',
  'queryFailed',
  'protocolViolation',
  'valueUnrepresentable',
  'quarantineOverflow',
]);

/** Throws `schemaDrift`, to be tried again, when the table changed since its read was planned. */
export async function refuseDriftDuringRead(load: TableLoad, signal: AbortSignal): Promise<void> {
  const differences = await findDrift(load, signal);
  if (differences !== undefined) throw changed(load, differences);
}

/** The error of a load, or `schemaDrift` where a change of the table is its reason. */
export async function explainByDrift(load: TableLoad, error: unknown, signal: AbortSignal): Promise<unknown> {
  if (signal.aborted || !(error instanceof PipelineError) || !CODES_OF_DRIFT.has(error.code)) return error;
  // The look at the table may fail for the same reason as the read, which is the better one to tell.
  const differences = await findDrift(load, signal).catch(() => undefined);
  return differences === undefined ? error : changed(load, differences, error);
}

async function findDrift(load: TableLoad, signal: AbortSignal): Promise<readonly string[] | undefined> {
  const { source, task, destination } = load;
  // Each file is read by what was planned; there is no table that could change.
  if (source.capabilities.snapshot === 'file') return undefined;
  const { table } = task.source.table;
  source.forget(table);
  const current: SourceTable = await source.table(table, signal);
  const { changes, violations, pauses } = applyContract(task, current, destination.target);
  const differences = [...changes.map(formatDrift), ...violations, ...pauses];
  return differences.length === 0 ? undefined : differences;
}

function changed(load: TableLoad, differences: readonly string[], cause?: unknown): PipelineError {
  return new PipelineError({
    code: 'schemaDrift',
    blame: 'source',
    retry: 'backoff',
    message: `${formatTableName(load.task.source.table.table)} changed while it was read: ${differences.join('; ')}. Nothing of that read was published; the table is read again as it is now.`,
    cause,
  });
}
