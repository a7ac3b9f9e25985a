import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import { isSecretSetting } from '../../project/secret-settings.ts';
import { declareConnections } from '../../project/resolve-connections.ts';

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
        isSource: z.boolean(),
        isDestination: z.boolean(),
        settings: z.record(z.string(), z.unknown()),
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
    return {
      connections: declared.map(({ name, connector, definition, settings }) => ({
        name,
        type: connector,
        isSource: definition.openSource !== undefined,
        isDestination: definition.openDestination !== undefined,
        settings: Object.fromEntries(
          Object.entries(settings).map(([key, value]) => [
            key,
            isSecretSetting(definition, [key]) && !isReference(value) ? '***' : value,
          ]),
        ),
      })),
    };
  },
});

function isReference(value: unknown): boolean {
  return typeof value === 'string' && /^\$\{(?:env|secret):[^}]*\}$/.test(value);
}
