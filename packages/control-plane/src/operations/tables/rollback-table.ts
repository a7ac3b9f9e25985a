import { rm } from 'node:fs/promises';

import { LANDING, titleTask, titleTasks, type LoadTask, type Plan } from '@millrace/compiler';
import { PipelineError } from '@millrace/connector-sdk';
import type { RollbackResult, RunEvent, RunEventBody } from '@millrace/engine';
import { formatTableName, nearestNames } from '@millrace/spec';
import { z } from 'zod';

import { registerRollback } from '../../catalogue/save-version.ts';
import { defineOperation } from '../../operation.ts';
import { useConnections } from '../../project/connect.ts';
import { assignLease } from '../../lease/lease.ts';
import { lockTables } from '../../queue/lock-tables.ts';
import { toRunRequest } from '../../runs/execute-run.ts';
import { createRun } from '../../runs/insert-runs.ts';
import { newRunId } from '../../runs/run-id.ts';
import { holdPipeline } from '../../runs/run-lease.ts';
import { runLimits } from '../../runs/run-limits.ts';
import { appendEvents, readLatestPlans, readRun } from '../../runs/run-store.ts';
import { finishRun } from '../../runs/run-transitions.ts';

/** Publishes an earlier version of a table again, from its kept load packages; the source is not asked. */
export const rollbackTable = defineOperation({
  name: 'tables/rollback-table',
  summary: 'Publish an earlier version of a table again.',
  permission: 'data.write',
  input: z.strictObject({
    table: z.string().min(1),
    toRun: z.string().optional(),
    pipeline: z.string().optional(),
  }),
  output: z.strictObject({
    pipeline: z.string(),
    table: z.string(),
    /** The run whose version the table has now. */
    restoredRun: z.string(),
    version: z.number(),
    rows: z.number(),
  }),
  async handler(context, { table, toRun, pipeline }, signal) {
    const store = await context.store();
    const plans = (await readLatestPlans(store)).filter(
      (plan) => pipeline === undefined || plan.pipeline === pipeline,
    );
    const { plan, task } = findTask(plans, table);
    const wanted = toRun === undefined ? undefined : ((await readRun(store, toRun))?.record.runId ?? toRun);
    await using held = await holdPipeline(store, plan.pipeline, context.owner, signal);
    const project = await context.project();
    const connections = await useConnections(context, [task.destination.connection]);
    const started = performance.now();
    const runId = newRunId(new Date());
    const narrowed = { ...plan, tasks: [task] };
    const options = {
      isFullRefresh: false,
      isVerified: false,
      tables: [titleTask(task).source],
    };
    await assignLease(store, held.lease, runId);
    await using locked = await lockTables(store, runId, [task], () => undefined, held.signal);
    const request = toRunRequest(context, locked.fenceToken, {
      runId,
      attempt: 1,
      plan: narrowed,
      options,
      connections: Object.fromEntries([...connections].map(([name, { resolved }]) => [name, resolved])),
      limits: runLimits(project.document, await context.environmentName()),
    });
    try {
      const result = await context
        .runner()
        .call('rollback', { run: request, task: task.id, toRun: wanted ?? null }, held.signal);
      const reason = `Rollback of ${formatTableName(task.destination.table)} to run ${result.restoredRunId}.`;
      const durationMs = Math.round(performance.now() - started);
      // Recorded when it is done: a rollback that was killed is not taken up, it is asked for again.
      await createRun(store, held.lease, { runId, plan: narrowed, options });
      await appendEvents(store, describeRollback(narrowed, runId, task, result, durationMs));
      await finishRun(store, held.lease, runId, 'succeeded', reason);
      const name = formatTableName(task.destination.table);
      await registerRollback(store, { connection: task.destination.connection, name, runId }, result);
      return {
        pipeline: plan.pipeline,
        table: formatTableName(task.destination.table),
        restoredRun: result.restoredRunId,
        version: result.record.version,
        rows: result.rows,
      };
    } finally {
      await rm(request.folders.scratch, { recursive: true, force: true });
    }
  },
});

function describeRollback(
  plan: Plan,
  runId: string,
  task: LoadTask,
  result: RollbackResult,
  durationMs: number,
): readonly RunEvent[] {
  const bodies: readonly RunEventBody[] = [
    {
      type: 'runStarted',
      pipeline: plan.pipeline,
      planFingerprint: plan.fingerprint,
      tasks: [task.id],
      tables: titleTasks([task]),
    },
    {
      type: 'taskPublished',
      task: task.id,
      record: result.record,
      rowsRead: result.rows,
      bytesRead: 0,
      rowsInserted: result.rows,
      rowsUpdated: 0,
      rowsDeleted: 0,
      quarantined: 0,
      durationMs,
      isAdopted: false,
    },
    { type: 'runFinished', state: 'succeeded', durationMs },
  ];
  return bodies.map((body) => ({ at: new Date().toISOString(), runId, attempt: 1, ...body }));
}

function findTask(plans: readonly Plan[], table: string): { readonly plan: Plan; readonly task: LoadTask } {
  const tasks = plans.flatMap((plan) =>
    plan.tasks
      .filter(({ destination }) => destination.connection !== LANDING)
      .map((task) => ({ plan, task, name: formatTableName(task.destination.table) })),
  );
  const found = tasks.filter(({ task, name }) => name === table || task.destination.table.name === table);
  const [first, second] = found;
  if (first && !second) return first;
  const names = tasks.map(({ name }) => name);
  const near = nearestNames(table, names);
  throw new PipelineError({
    code: 'configInvalid',
    blame: 'config',
    retry: 'never',
    message: first
      ? `Several loads write "${table}": ${found.map(({ plan, name }) => `${name} (${plan.pipeline})`).join(', ')}. Name the schema, or the pipeline with --pipeline.`
      : `No run of this project published a table "${table}".${near.length > 0 ? ` Did you mean ${near.join(' or ')}?` : ''}`,
  });
}
