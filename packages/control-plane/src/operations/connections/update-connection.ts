import type { Edit } from '@millrace/spec';
import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import {
  checkSettings,
  connectionSettings,
  findConnector,
  keepSecrets,
  keptSecrets,
} from '../../project/connection-settings.ts';
import { editProject } from '../../project/edit-project.ts';
import { requireConnection } from '../../project/require-connection.ts';

/**
 * Gives a connection other settings, comments of the file kept. Settings that are left out go, but secrets: those stay until
 * another value is given, because no caller can know them.
 */
export const updateConnection = defineOperation({
  name: 'connections/update-connection',
  summary: 'Change the settings of a connection.',
  permission: 'connection.write',
  input: z.strictObject({ connection: z.string(), settings: connectionSettings }),
  output: z.strictObject({ connection: z.string(), file: z.string(), secrets: z.array(z.string()) }),
  async handler(context, { connection, settings }) {
    const project = await context.project();
    const { type, ...before } = requireConnection(project, connection);
    const definition = await findConnector(context, type);
    const kept = keptSecrets(definition, before, settings);
    checkSettings(context, definition, { ...kept, ...settings });
    const { written, secrets } = await keepSecrets(context, definition, connection, settings);
    const edits: Edit[] = [];
    for (const key of Object.keys(before)) {
      if (written[key] === undefined && kept[key] === undefined)
        edits.push({ kind: 'removeField', path: ['connections', connection, key] });
    }
    for (const [key, value] of Object.entries(written)) {
      if (JSON.stringify(before[key]) !== JSON.stringify(value))
        edits.push({ kind: 'setField', path: ['connections', connection, key], value });
    }
    if (edits.length > 0) await editProject(context, edits);
    return { connection, file: project.file, secrets: [...secrets] };
  },
});
