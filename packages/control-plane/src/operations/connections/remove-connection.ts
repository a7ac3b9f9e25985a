import { PipelineError } from '@millrace/connector-sdk';
import { parseValueReferences } from '@millrace/spec';
import type { Edit } from '@millrace/spec';
import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import { editProject } from '../../project/edit-project.ts';
import { filesThatUseSecrets } from '../../project/files-that-use-secrets.ts';
import { loadPipelineFiles } from '../../project/project.ts';
import { requireConnection } from '../../project/require-connection.ts';
import { usedConnections } from '../../project/used-connections.ts';

/** Takes a connection out of `millrace.yaml`, with the secrets that nothing else refers to. Refused while a pipeline uses it. */
export const removeConnection = defineOperation({
  name: 'connections/remove-connection',
  summary: 'Remove a connection and the secrets that only it used.',
  permission: 'connection.write',
  input: z.strictObject({ connection: z.string() }),
  output: z.strictObject({ connection: z.string(), removedSecrets: z.array(z.string()) }),
  async handler(context, { connection }) {
    const project = await context.project();
    const declared = requireConnection(project, connection);
    const files = await loadPipelineFiles(context.projectFolder, context.workingFolder);
    const users = files.flatMap(({ parsed: { document } }) => {
      if (document === undefined) return [];
      const { reads, writes } = usedConnections(document);
      return [...reads, ...writes].includes(connection) ? [document.name] : [];
    });
    if (users.length > 0)
      throw new PipelineError({
        code: 'configInvalid',
        blame: 'config',
        retry: 'never',
        message: `The connection "${connection}" is used by ${users.join(', ')}. Let ${
          users.length === 1 ? 'it' : 'them'
        } use another connection first.`,
      });
    const overriding = Object.entries(project.document.environments ?? {}).flatMap(
      ([environment, { connections }]) =>
        connections !== undefined && Object.hasOwn(connections, connection) ? [environment] : [],
    );
    const edits: Edit[] = [
      { kind: 'removeField', path: ['connections', connection] },
      ...overriding.map((environment): Edit => ({
        kind: 'removeField',
        path: ['environments', environment, 'connections', connection],
      })),
    ];
    const mentioned = new Set(secretsIn(JSON.stringify(declared)));
    await editProject(context, edits);
    const stillUsed = await filesThatUseSecrets(context);
    const kept = new Set(await context.secrets.names());
    const removedSecrets = [...mentioned].filter((name) => !stillUsed.has(name) && kept.has(name));
    for (const name of removedSecrets) await context.secrets.remove(name);
    return { connection, removedSecrets };
  },
});

function secretsIn(text: string): readonly string[] {
  return parseValueReferences(text).references.flatMap(({ scheme, name }) =>
    scheme === 'secret' ? [name] : [],
  );
}
