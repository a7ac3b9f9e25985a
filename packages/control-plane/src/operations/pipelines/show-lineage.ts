import { findColumns, followColumn, startColumns, tracePlan, type FollowedColumn } from '@millrace/compiler';
import { PipelineError } from '@millrace/connector-sdk';
import { hasErrors } from '@millrace/spec';
import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import { preparePlan } from '../../project/prepare-plan.ts';
import { loadPipelineFiles } from '../../project/project.ts';

export type PipelineLineage = FollowedColumn & { readonly pipeline: string };

/** Where columns come from and where they go, from the compiled plans. */
export const showLineage = defineOperation({
  name: 'pipelines/show-lineage',
  summary: 'Show where a column comes from, through every step, and where it goes.',
  permission: 'pipeline.read',
  input: z.strictObject({
    column: z.string().min(1),
    pipeline: z.string().optional(),
    directions: z.array(z.enum(['upstream', 'downstream'])).min(1),
  }),
  output: z.strictObject({ lineage: z.array(z.custom<PipelineLineage>()) }),
  async handler(context, { column, pipeline, directions }, signal) {
    const pipelines = pipeline === undefined ? await pipelineNames() : [pipeline];
    const lineage: PipelineLineage[] = [];
    const nearest = new Set<string>();
    for (const name of pipelines) {
      const traced = tracePlan((await preparePlan(context, name, {}, signal)).plan);
      const found = findColumns(traced, column);
      if (found.columns === null) {
        for (const near of found.nearest) nearest.add(near);
        continue;
      }
      for (const direction of directions)
        for (const start of startColumns(traced, found.columns, direction)) {
          const followed = followColumn(traced, start, direction);
          // At an end there is nothing beyond; it is shown when nothing else is.
          if (followed.edges.length > 0 || directions.length === 1)
            lineage.push({ pipeline: name, ...followed });
        }
    }
    if (lineage.length > 0) return { lineage };
    const where = pipeline === undefined ? 'No pipeline of this project' : `The pipeline "${pipeline}"`;
    const near = nearest.size > 0 ? ` Did you mean ${[...nearest].slice(0, 3).join(' or ')}?` : '';
    throw new PipelineError({
      code: 'configInvalid',
      blame: 'config',
      retry: 'never',
      message: `${where} has ${pipeline === undefined ? 'a' : 'no'} column "${column}".${near} A column is COLUMN or TABLE.COLUMN, as millrace plan shows them.`,
    });

    async function pipelineNames(): Promise<readonly string[]> {
      const files = await loadPipelineFiles(context.projectFolder, context.workingFolder);
      return files.flatMap(({ parsed }) =>
        parsed.document === undefined || hasErrors(parsed.diagnostics) ? [] : [parsed.document.name],
      );
    }
  },
});
