import type { CheckResult } from '@millrace/compiler';
import type { RunEvent } from '@millrace/engine';
import { z } from 'zod';

import { readCheckHistory } from '../../catalogue/read-check-history.ts';
import { defineOperation } from '../../operation.ts';

const MAX_ANOMALIES = 200;

/** What checks found lately, each with its history, and which figures of tables were unusual. */
export const listFindings = defineOperation({
  name: 'quality/list-findings',
  summary: 'List what checks found, and which figures were unusual.',
  permission: 'dataset.read',
  input: z.strictObject({ pipeline: z.string().optional() }),
  output: z.strictObject({
    checks: z.array(
      z.strictObject({
        pipeline: z.string(),
        step: z.string(),
        /** The newest one. */
        result: z.custom<CheckResult>(),
        runId: z.string(),
        at: z.iso.datetime(),
        /** The latest last. */
        history: z.array(
          z.strictObject({
            runId: z.string(),
            at: z.iso.datetime(),
            status: z.enum(['passed', 'failed', 'warned', 'skipped']),
            observed: z.string(),
          }),
        ),
      }),
    ),
    /** The latest first. */
    anomalies: z.array(
      z.strictObject({
        pipeline: z.string(),
        task: z.string(),
        runId: z.string(),
        at: z.iso.datetime(),
        metric: z.string(),
        column: z.string().nullable(),
        message: z.string(),
      }),
    ),
  }),
  async handler(context, { pipeline }) {
    const store = await context.store();
    let found = store.db
      .selectFrom('run_events')
      .innerJoin('runs', 'runs.run_id', 'run_events.run_id')
      .select(['run_events.event', 'runs.pipeline'])
      .where('run_events.type', '=', 'anomalyFound')
      .orderBy('run_events.sequence', 'desc')
      .limit(MAX_ANOMALIES);
    if (pipeline !== undefined) found = found.where('runs.pipeline', '=', pipeline);
    const [checks, rows] = await Promise.all([readCheckHistory(store, pipeline), found.execute()]);
    return {
      checks,
      anomalies: rows.flatMap((row) => {
        const event: RunEvent = JSON.parse(row.event);
        if (event.type !== 'anomalyFound') return [];
        const { task, runId, at, metric, column, message } = event;
        return [{ pipeline: row.pipeline, task, runId, at, metric, column, message }];
      }),
    };
  },
});
