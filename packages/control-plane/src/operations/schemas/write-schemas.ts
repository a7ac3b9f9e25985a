import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import { editorSchemas, writeEditorSchemas } from '../../project/editor-schemas.ts';

/** Brings the schemas that a project's editors use to this version of Millrace and its connectors. */
export const writeSchemas = defineOperation({
  name: 'schemas/write-schemas',
  summary: 'Write the JSON Schemas that editors use, as this version has them.',
  permission: 'project.create',
  isLocal: true,
  input: z.strictObject({}),
  output: z.strictObject({ files: z.array(z.string()).readonly() }),
  async handler(context) {
    await context.project();
    return { files: await writeEditorSchemas(context.projectFolder, await editorSchemas(context.registry)) };
  },
});
