import type { ResolvedConnection } from '@millrace/engine';

import { hasDatasets } from '../catalogue/read-datasets.ts';
import type { OperationContext } from '../operation-context.ts';
import type { DeclaredConnection } from './resolve-connections.ts';
import { declareConnections, resolveConnections } from './resolve-connections.ts';

export interface UsableConnection {
  readonly declared: DeclaredConnection;
  readonly resolved: ResolvedConnection;
}

/** Connections of the project by name, ready to be opened by a runner; `written` are those that it will write to. */
export async function useConnections(
  context: OperationContext,
  names: readonly string[],
  written: readonly string[] = [],
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
    const isWarehouse = connection.name === project.document.defaults?.warehouse;
    const isWritten = isWarehouse || written.includes(connection.name);
    const host =
      connection.definition.openHosted === undefined
        ? undefined
        : await hostOf(context, connection.name, isWritten);
    usable.set(connection.name, {
      declared: connection,
      resolved: host === undefined ? found : { ...found, host },
    });
  }
  return usable;
}

/**
 * Where an embedded file is owned. Those that the project writes belong to the host for good, because people query them
 * while runs publish; one that is only read belongs to whichever run opens it.
 */
async function hostOf(
  { warehouseHost, store }: OperationContext,
  name: string,
  isWritten: boolean,
): Promise<string | undefined> {
  if (warehouseHost === undefined) return undefined;
  if (!isWritten && !warehouseHost.owned.has(name) && !(await hasDatasets(await store(), name)))
    return undefined;
  warehouseHost.owned.add(name);
  return await warehouseHost.address();
}

/** One connection of the project, ready to be opened by a runner. */
export async function useConnection(context: OperationContext, name: string): Promise<UsableConnection> {
  const connection = (await useConnections(context, [name])).get(name);
  if (!connection) throw new TypeError(`Connection "${name}" was neither resolved nor refused.`);
  return connection;
}
