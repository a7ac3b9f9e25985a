import { exportAirflow, exportMermaid, exportSql } from '@millrace/compiler';
import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import { parameterInput } from '../../project/parameter-input.ts';
import { preparePlan } from '../../project/prepare-plan.ts';
import { loadPipeline } from '../../project/project.ts';

/** A pipeline in the words of another tool. */
export const exportPipeline = defineOperation({
  name: 'pipelines/export-pipeline',
  summary: 'Write a pipeline as a Mermaid graph, a script of SQL or an Airflow DAG.',
  permission: 'pipeline.read',
  input: z.strictObject({
    pipeline: z.string(),
    format: z.enum(['mermaid', 'sql', 'airflow']),
    parameters: parameterInput,
  }),
  output: z.strictObject({ pipeline: z.string(), format: z.string(), text: z.string() }),
  async handler(context, { pipeline, format, parameters }, signal) {
    const { plan } = await preparePlan(context, pipeline, { parameters }, signal);
    if (format === 'sql') return { pipeline, format, text: exportSql(plan) };
    const { document } = await loadPipeline(context.projectFolder, context.workingFolder, pipeline);
    if (format === 'mermaid') return { pipeline, format, text: exportMermaid(plan, document.groups) };
    return { pipeline, format, text: exportAirflow(plan, document) };
  },
});
