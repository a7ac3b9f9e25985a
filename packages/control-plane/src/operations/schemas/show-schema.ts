import { pipelineJsonSchema, projectJsonSchema } from '@millrace/spec';
import { z } from 'zod';

import { defineOperation } from '../../operation.ts';

/** The JSON Schema of a document, with the settings of every connector for the project's. */
export const showSchema = defineOperation({
  name: 'schemas/show-schema',
  summary: 'Print the JSON Schema of a document, for editors.',
  permission: 'pipeline.read',
  input: z.strictObject({
    document: z
      .enum(['pipeline', 'project'], {
        error: ({ input }) => `There is no schema "${String(input)}". There are: pipeline, project.`,
      })
      .default('pipeline'),
  }),
  output: z.record(z.string(), z.unknown()),
  async handler(context, { document }) {
    if (document === 'pipeline') return { ...pipelineJsonSchema() };
    const definitions = await Promise.all(
      Object.entries(context.registry).map(async ([type, load]) => [type, (await load()).config] as const),
    );
    return { ...projectJsonSchema(Object.fromEntries(definitions)) };
  },
});
