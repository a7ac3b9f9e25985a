import type { RunRow } from '../store/store-schema.ts';
import type { RunRecord, StoredRun } from './run-record.ts';

/** A run without its plan, which can be large. */
export type RunRecordRow = Omit<RunRow, 'plan'>;

/** The columns of a `RunRecordRow`. */
export const RUN_RECORD_COLUMNS = [
  'run_id',
  'pipeline',
  'state',
  'document_fingerprint',
  'options',
  'reason',
  'attempts',
  'started_at',
  'finished_at',
  'queued_at',
  'available_at',
  'retries',
  'cancel_requested_at',
  'slot_at',
  'rerun_of',
  'started_by',
] as const satisfies readonly (keyof RunRecordRow)[];

export function toRecord(row: RunRecordRow): RunRecord {
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
    retries: row.retries,
    queuedAt: toIso(row.queued_at),
    availableAt: toIso(row.available_at),
    startedAt: toIso(row.started_at),
    finishedAt: row.finished_at === null ? null : toIso(row.finished_at),
    startedBy: JSON.parse(row.started_by),
    rerunOf: row.rerun_of,
    slotAt: row.slot_at === null ? null : toIso(row.slot_at),
  };
}

export function toStoredRun(row: RunRow): StoredRun {
  return {
    record: toRecord(row),
    plan: JSON.parse(row.plan) ?? {
      version: 1,
      pipeline: row.pipeline,
      documentFingerprint: '',
      fingerprint: '',
      tasks: [],
      steps: [],
    },
  };
}

export function toIso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
