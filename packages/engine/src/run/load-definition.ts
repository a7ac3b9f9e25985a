import { PipelineError, type ConnectorDefinition, type ConnectorRegistry } from '@millrace/connector-sdk';

/** The connector's definition, or a `configInvalid` error that names what there is. */
export async function loadDefinition(
  registry: ConnectorRegistry,
  name: string,
): Promise<ConnectorDefinition<never>> {
  const load = Object.hasOwn(registry, name) ? registry[name] : undefined;
  if (load === undefined) {
    throw new PipelineError({
      code: 'configInvalid',
      blame: 'config',
      retry: 'never',
      message: `There is no connector ${JSON.stringify(name)}. Use one of: ${Object.keys(registry).join(', ')}.`,
    });
  }
  return load();
}
