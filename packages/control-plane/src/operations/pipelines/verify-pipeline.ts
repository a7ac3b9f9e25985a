import { rm } from 'node:fs/promises';

import { titleTask } from '@millrace/compiler';
import type { VerifyResult } from '@millrace/engine';
import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import { parameterInput } from '../../project/parameter-input.ts';
import { preparePlan } from '../../project/prepare-plan.ts';
import { toRunRequest } from '../../runs/execute-run.ts';
import { newRunId } from '../../runs/run-id.ts';

export type TableVerification = VerifyResult & { readonly source: string; readonly table: string };

/** Compares every row of source and destination, inside both databases, and lists the keys that differ. */
export const verifyPipeline = defineOperation({
  name: 'pipelines/verify-pipeline',
  summary: 'Compare every row of source and destination.',
  permission: 'data.read',
  input: z.strictObject({
    pipeline: z.string(),
    tables: z.array(z.string()).default([]),
    parameters: parameterInput,
  }),
  output: z.strictObject({
    pipeline: z.string(),
    isEqual: z.boolean(),
    tables: z.array(z.custom<TableVerification>()),
  }),
  async handler(context, { pipeline, tables, parameters }, signal) {
    const prepared = await preparePlan(context, pipeline, { tables, parameters }, signal);
    const { plan, connections, limits } = prepared;
    const request = toRunRequest(context, 0, {
      runId: `verify-${newRunId(new Date())}`,
      attempt: 1,
      plan,
      options: { isFullRefresh: false, isVerified: true, tables },
      connections,
      maskKeys: await prepared.readMaskKeys(),
      limits,
    });
    try {
      const results = await context.runner().call('verify', { run: request }, signal, context.watch);
      const titles = new Map(plan.tasks.map((task) => [task.id, titleTask(task)]));
      return {
        pipeline,
        isEqual: results.every((result) => result.isEqual),
        tables: results.map((result) => {
          const title = titles.get(result.task);
          return {
            ...result,
            source: title?.source ?? '',
            table: title?.table ?? '',
          };
        }),
      };
    } finally {
      await rm(request.folders.scratch, { recursive: true, force: true });
    }
  },
});
