import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import { editorSchemas } from '../../project/editor-schemas.ts';

/** The JSON Schema of a document, with the settings of every connector for the project's. */
export const showSchema = defineOperation({
  name: 'schemas/show-schema',
  summary: 'Print the JSON Schema of a document, for editors.',
  permission: 'pipeline.read',
  input: z.strictObject({
    document: z
      .enum(['pipeline', 'project', 'template'], {
        error: ({ input }) =>
          `There is no schema "${String(input)}". There are: pipeline, project, template.`,
      })
      .default('pipeline'),
  }),
  output: z.record(z.string(), z.unknown()),
  async handler(context, { document }) {
    return (await editorSchemas(context.registry))[document];
  },
});
