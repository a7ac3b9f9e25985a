import { PipelineError } from '@millrace/connector-sdk';
import { hasErrors, parsePipeline } from '@millrace/spec';
import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import { connectionName } from '../../project/connection-settings.ts';
import { requireConnection } from '../../project/require-connection.ts';
import { createPipeline } from './create-pipeline.ts';
import { renderReplication } from './render-replication.ts';

/** Makes a pipeline that keeps chosen tables of one connection up to date in another. */
export const createReplication = defineOperation({
  name: 'pipelines/create-replication',
  summary: 'Make a pipeline that copies chosen tables, each loaded in its own way.',
  permission: 'pipeline.write',
  input: z.strictObject({
    name: connectionName,
    from: z.string(),
    into: z.strictObject({ connection: z.string(), schema: z.string().min(1).nullable() }),
    tables: z
      .array(
        z.strictObject({
          table: z.string().min(1),
          load: z.discriminatedUnion('mode', [
            z.strictObject({ mode: z.literal('full') }),
            z.strictObject({
              mode: z.literal('incremental'),
              cursor: z.string().min(1),
              lookback: z.string().nullable(),
              detectsDeletes: z.boolean(),
            }),
          ]),
        }),
      )
      .min(1, 'Choose at least one table.')
      .max(10_000),
    schedule: z.strictObject({ cron: z.string().min(1), timezone: z.string().min(1) }).nullable(),
    /** False: only shows the text. */
    isWritten: z.boolean().default(true),
  }),
  output: z.strictObject({ pipeline: z.string(), file: z.string().nullable(), text: z.string() }),
  async handler(context, { isWritten, ...wanted }, signal) {
    const project = await context.project();
    requireConnection(project, wanted.from);
    requireConnection(project, wanted.into.connection);
    const text = renderReplication(wanted);
    const { diagnostics } = parsePipeline(text, `${wanted.name}.yaml`);
    if (hasErrors(diagnostics))
      throw new PipelineError({
        code: 'configInvalid',
        blame: 'config',
        retry: 'never',
        message: diagnostics.map(({ message }) => message).join('\n'),
      });
    if (!isWritten) return { pipeline: wanted.name, file: null, text };
    const { pipeline, file } = await createPipeline.handler(context, { pipeline: wanted.name, text }, signal);
    return { pipeline, file, text };
  },
});
