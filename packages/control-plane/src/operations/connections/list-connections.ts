import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import type { OperationContext } from '../../operation-context.ts';
import { loadPipelineFiles } from '../../project/project.ts';
import { declareConnections } from '../../project/resolve-connections.ts';
import { isSecretSetting } from '../../project/secret-settings.ts';
import { usedConnections } from '../../project/used-connections.ts';

/** The connections of the project. Secret settings show only whether they are set. */
export const listConnections = defineOperation({
  name: 'connections/list-connections',
  summary: 'List the connections of the project.',
  permission: 'connection.read',
  input: z.strictObject({}),
  output: z.strictObject({
    connections: z.array(
      z.strictObject({
        name: z.string(),
        type: z.string(),
        /** The connector's: `MySQL and MariaDB`. */
        title: z.string(),
        isSource: z.boolean(),
        isDestination: z.boolean(),
        settings: z.record(z.string(), z.unknown()),
        /** Settings that hold a secret, by key. */
        secrets: z.array(z.string()),
        /** Pipelines that read from it or write to it. */
        usedBy: z.array(z.string()),
      }),
    ),
  }),
  async handler(context) {
    const project = await context.project();
    const names = Object.keys(project.document.connections ?? {});
    const declared = await declareConnections(
      project,
      context.registry,
      await context.environmentName(),
      names,
    );
    const users = await pipelinesByConnection(context);
    return {
      connections: declared.map(({ name, connector, definition, settings }) => ({
        name,
        type: connector,
        title: definition.title,
        isSource: definition.openSource !== undefined,
        isDestination: definition.openDestination !== undefined,
        settings: Object.fromEntries(
          Object.entries(settings).map(([key, value]) => [
            key,
            isSecretSetting(definition, [key]) && !isReference(value) ? '***' : value,
          ]),
        ),
        secrets: Object.keys(settings).filter((key) => isSecretSetting(definition, [key])),
        usedBy: [...(users.get(name) ?? [])],
      })),
    };
  },
});

async function pipelinesByConnection(
  context: OperationContext,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const files = await loadPipelineFiles(context.projectFolder, context.workingFolder);
  const users = new Map<string, string[]>();
  for (const { parsed } of files) {
    if (parsed.document === undefined) continue;
    const { reads, writes } = usedConnections(parsed.document);
    for (const name of new Set([...reads, ...writes]))
      users.set(name, [...(users.get(name) ?? []), parsed.document.name]);
  }
  return users;
}

function isReference(value: unknown): boolean {
  return typeof value === 'string' && /^\$\{(?:env|secret):[^}]*\}$/.test(value);
}
