import { z } from 'zod';

import type { RunRecord } from './run-record.ts';

const time = z.iso.datetime();

export const runStateSchema = z.enum(['queued', 'running', 'succeeded', 'failed', 'cancelled']);

/** A `RunRecord`, with the state that a person sees: `interrupted` when the process that had it is gone. */
export const listedRunSchema = z.strictObject({
  runId: z.string(),
  pipeline: z.string(),
  state: z.enum([...runStateSchema.options, 'interrupted']),
  documentFingerprint: z.string(),
  options: z.strictObject({
    isFullRefresh: z.boolean(),
    isVerified: z.boolean(),
    tables: z.array(z.string()).readonly(),
    fromTasks: z.array(z.string()).readonly().optional(),
  }),
  parameters: z.record(z.string(), z.string()),
  reason: z.string().nullable(),
  attempts: z.int(),
  retries: z.int(),
  queuedAt: time,
  availableAt: time,
  startedAt: time,
  finishedAt: time.nullable(),
  startedBy: z.strictObject({ kind: z.enum(['command', 'person', 'schedule']), by: z.string().nullable() }),
  rerunOf: z.string().nullable(),
  slotAt: time.nullable(),
});

/** A run whose process was killed is `interrupted`: a worker, or the next run of the pipeline, takes it up. */
export type ListedRun = z.output<typeof listedRunSchema>;

/** Runs as people see them. */
export function toListedRun(record: RunRecord, isLive: boolean): ListedRun {
  return record.state === 'running' && !isLive ? { ...record, state: 'interrupted' } : record;
}
