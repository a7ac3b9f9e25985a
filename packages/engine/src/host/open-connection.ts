import {
  PipelineError,
  type ConnectorRegistry,
  type Destination,
  type Source,
} from '@millrace/connector-sdk';

import { loadDefinition } from '../run/load-definition.ts';
import type { ResolvedConnection } from '../run/run-request.ts';

/** The reading side of a connection, in this process or in the host that owns it. */
export async function openSourceOf(
  registry: ConnectorRegistry,
  connection: ResolvedConnection,
  signal: AbortSignal,
): Promise<Source> {
  const definition = await loadDefinition(registry, connection.connector);
  if (definition.openSource === undefined) {
    throw new PipelineError({
      code: 'configInvalid',
      blame: 'config',
      retry: 'never',
      message: `${definition.title} cannot be read from. Use it as a destination only.`,
    });
  }
  if (connection.host !== undefined) {
    const { HostedSource } = await import('./hosted-source.ts');
    return new HostedSource(connection, connection.host);
  }
  return await definition.openSource(definition.config.parse(connection.config), signal);
}

/** The writing side of a connection, in this process or in the host that owns it. */
export async function openDestinationOf(
  registry: ConnectorRegistry,
  connection: ResolvedConnection,
  signal: AbortSignal,
): Promise<Destination> {
  const definition = await loadDefinition(registry, connection.connector);
  if (definition.openDestination === undefined) {
    throw new PipelineError({
      code: 'configInvalid',
      blame: 'config',
      retry: 'never',
      message: `${definition.title} cannot be written to. Use it as a source only.`,
    });
  }
  if (connection.host !== undefined) {
    const { HostedDestination } = await import('./hosted-destination.ts');
    return new HostedDestination(connection, connection.host);
  }
  return await definition.openDestination(definition.config.parse(connection.config), signal);
}
