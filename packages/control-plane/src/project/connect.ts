import type { ResolvedConnection } from '@millrace/engine';

import type { OperationContext } from '../operation-context.ts';
import type { DeclaredConnection } from './resolve-connections.ts';
import { declareConnections, resolveConnections } from './resolve-connections.ts';

export interface UsableConnection {
  readonly declared: DeclaredConnection;
  readonly resolved: ResolvedConnection;
}

/** Connections of the project by name, ready to be opened by a runner. */
export async function useConnections(
  context: OperationContext,
  names: readonly string[],
): Promise<ReadonlyMap<string, UsableConnection>> {
  const project = await context.project();
  const declared = await declareConnections(
    project,
    context.registry,
    await context.environmentName(),
    names,
  );
  const resolved = await resolveConnections(project, declared, context);
  const usable = new Map<string, UsableConnection>();
  for (const connection of declared) {
    const found = resolved[connection.name];
    if (!found) continue;
    // The warehouse is what people query while runs publish; other embedded files belong to whichever run opens them.
    const isHosted =
      connection.definition.openHosted !== undefined &&
      connection.name === project.document.defaults?.warehouse;
    const host = isHosted ? await context.warehouseHost?.address() : undefined;
    usable.set(connection.name, {
      declared: connection,
      resolved: host === undefined ? found : { ...found, host },
    });
  }
  return usable;
}

/** One connection of the project, ready to be opened by a runner. */
export async function useConnection(context: OperationContext, name: string): Promise<UsableConnection> {
  const connection = (await useConnections(context, [name])).get(name);
  if (!connection) throw new TypeError(`Connection "${name}" was neither resolved nor refused.`);
  return connection;
}
