import { writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

import { PipelineError } from '@millrace/connector-sdk';
import { hasErrors, parsePipeline } from '@millrace/spec';
import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import { connectionName } from '../../project/connection-settings.ts';
import { PIPELINES_FOLDER } from '../../project/project.ts';
import { requireConnection } from '../../project/require-connection.ts';
import { renderReplication } from './render-replication.ts';

/** Writes a pipeline that keeps chosen tables of one connection up to date in another; never over a file that is there. */
export const createReplication = defineOperation({
  name: 'pipelines/create-replication',
  summary: 'Write a pipeline that copies chosen tables, each loaded in its own way.',
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
  async handler(context, { isWritten, ...wanted }) {
    const project = await context.project();
    requireConnection(project, wanted.from);
    requireConnection(project, wanted.into.connection);
    const path = join(context.projectFolder, PIPELINES_FOLDER, `${wanted.name}.yaml`);
    const file = relative(context.workingFolder, path) || path;
    const text = renderReplication(wanted);
    const { diagnostics } = parsePipeline(text, file);
    if (hasErrors(diagnostics)) throw wrong(diagnostics.map(({ message }) => message).join('\n'));
    if (!isWritten) return { pipeline: wanted.name, file: null, text };
    try {
      await writeFile(path, text, { flag: 'wx' });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      throw wrong(`There is a pipeline in ${file} already. Choose another name.`, error);
    }
    context.live.publish({
      kind: 'document',
      path: `${PIPELINES_FOLDER}/${wanted.name}.yaml`,
      pipeline: wanted.name,
    });
    return { pipeline: wanted.name, file, text };
  },
});

function wrong(message: string, cause?: unknown): PipelineError {
  return new PipelineError({ code: 'configInvalid', blame: 'config', retry: 'never', message, cause });
}
