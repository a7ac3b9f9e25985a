import { PipelineError } from '@millrace/connector-sdk';
import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import {
  checkSettings,
  connectionName,
  connectionSettings,
  findConnector,
  keepSecrets,
} from '../../project/connection-settings.ts';
import { editProject } from '../../project/edit-project.ts';

/**
 * Writes a connection into `millrace.yaml`, comments kept. Secret settings become encrypted secrets of the project and
 * stand in the file as `${secret:NAME}`; settings that are references already stay as they are.
 */
export const addConnection = defineOperation({
  name: 'connections/add-connection',
  summary: 'Add a connection to millrace.yaml.',
  permission: 'connection.write',
  input: z.strictObject({ name: connectionName, type: z.string(), settings: connectionSettings }),
  output: z.strictObject({
    name: z.string(),
    type: z.string(),
    file: z.string(),
    secrets: z.array(z.string()),
  }),
  async handler(context, { name, type, settings }) {
    const project = await context.project();
    const definition = await findConnector(context, type);
    if (project.document.connections?.[name])
      throw new PipelineError({
        code: 'configInvalid',
        blame: 'config',
        retry: 'never',
        message: `There is a connection "${name}" already. Change it in ${project.file}, or choose another name.`,
      });
    checkSettings(context, definition, settings);
    const { written, secrets } = await keepSecrets(context, definition, name, settings);
    await editProject(context, [
      { kind: 'setField', path: ['connections', name], value: { type, ...written } },
    ]);
    return { name, type, file: project.file, secrets: [...secrets] };
  },
});
