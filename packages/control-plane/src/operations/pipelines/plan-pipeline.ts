import type { Plan } from '@millrace/compiler';
import { formatTableName } from '@millrace/spec';
import type { Diagnostic } from '@millrace/spec';
import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import { preparePlan } from '../../project/prepare-plan.ts';

/** What a run would do now, per table: the plan, and how each load would start. */
export interface PlannedTable {
  readonly task: string;
  /** How rows would be read now: `full`, `incremental`, `newFiles`. */
  readonly mode: string;
  readonly reason: string;
  readonly publishedVersion: number | null;
}

export const planPipeline = defineOperation({
  name: 'pipelines/plan-pipeline',
  summary: 'Show what a run would read, build and write.',
  permission: 'pipeline.read',
  input: z.strictObject({
    pipeline: z.string(),
    isFullRefresh: z.boolean().default(false),
    tables: z.array(z.string()).default([]),
  }),
  output: z.strictObject({
    plan: z.custom<Plan>(),
    tables: z.array(z.custom<PlannedTable>()),
    diagnostics: z.array(z.custom<Diagnostic>()),
    texts: z.custom<ReadonlyMap<string, string>>(),
  }),
  async handler(context, { pipeline, isFullRefresh, tables }, signal) {
    const { plan, diagnostics, texts, connections } = await preparePlan(context, pipeline, tables, signal);
    const byConnection = Map.groupBy(plan.tasks, (task) => task.destination.connection);
    const planned = new Map<string, PlannedTable>();
    for (const [name, tasks] of byConnection) {
      const connection = connections[name];
      if (!connection) continue;
      const described = await context
        .runner()
        .call('describe', { connection, tables: tasks.map((task) => task.destination.table) }, signal);
      tasks.forEach((task, index) => {
        const published = described[index] ?? null;
        const table = formatTableName(task.destination.table);
        const [mode, reason] =
          task.load.kind === 'full'
            ? (['full', 'load.mode is full'] as const)
            : isFullRefresh
              ? (['full', '--full-refresh asks for everything'] as const)
              : published?.record
                ? ([
                    task.load.kind,
                    `continues from version ${published.record.version} of ${table}`,
                  ] as const)
                : ([
                    'full',
                    published
                      ? `${table} exists, but was not published by Millrace`
                      : `${table} does not exist yet`,
                  ] as const);
        planned.set(task.id, {
          task: task.id,
          mode,
          reason,
          publishedVersion: published?.record?.version ?? null,
        });
      });
    }
    return { plan, tables: plan.tasks.flatMap((task) => planned.get(task.id) ?? []), diagnostics, texts };
  },
});
