import type { Capabilities } from '@millrace/spec';
import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import { settingsSchemaOf } from '../../project/secret-settings.ts';
import type { JsonSchema } from '../../project/secret-settings.ts';

/** A system that connections can be made to. */
export interface ListedConnector {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  readonly isSource: boolean;
  readonly isDestination: boolean;
  readonly capabilities: Capabilities;
  /** JSON Schema of a connection's settings; beside the standard words `secret` and `advanced` mark fields. */
  readonly settings: JsonSchema;
}

/** Every connector of the registry with what a form of its settings needs; loads no driver. */
export const listConnectors = defineOperation({
  name: 'connectors/list-connectors',
  summary: 'List the systems that connections can be made to, with their settings.',
  permission: 'connection.read',
  input: z.strictObject({}),
  output: z.strictObject({ connectors: z.array(z.custom<ListedConnector>()) }),
  async handler(context) {
    const definitions = await Promise.all(Object.values(context.registry).map((load) => load()));
    const connectors = definitions.map((definition): ListedConnector => ({
      name: definition.name,
      title: definition.title,
      summary: definition.summary,
      isSource: definition.openSource !== undefined,
      isDestination: definition.openDestination !== undefined,
      capabilities: definition.capabilities,
      settings: settingsSchemaOf(definition),
    }));
    return { connectors: connectors.sort((one, other) => one.title.localeCompare(other.title)) };
  },
});
