import { PipelineError } from '@millrace/connector-sdk';
import { HostedDestination, type ResolvedConnection } from '@millrace/engine';
import type { TableName } from '@millrace/spec';

import { readDatasetTables } from '../catalogue/read-datasets.ts';
import type { OperationContext } from '../operation-context.ts';
import { useConnection } from '../project/connect.ts';

/** A connection that questions go to. */
export interface AskedConnection {
  readonly name: string;
  readonly resolved: ResolvedConnection;
}

/** The connection of this name, or the project's warehouse. */
export async function askedConnection(
  context: OperationContext,
  named: string | undefined,
): Promise<AskedConnection> {
  const project = await context.project();
  const name = named ?? project.document.defaults?.warehouse;
  if (name !== undefined) return { name, resolved: (await useConnection(context, name)).resolved };
  throw new PipelineError({
    code: 'configInvalid',
    blame: 'config',
    retry: 'never',
    message: `${project.file} names no defaults.warehouse. Set it, or name a connection with --connection.`,
  });
}

/** A connection that the warehouse host owns, and the datasets that may be read in it. */
export interface HostedWarehouse extends AsyncDisposable {
  readonly destination: HostedDestination;
  readonly tables: readonly TableName[];
}

/** Undefined for a connection that no host owns. */
export async function openHostedWarehouse(
  context: OperationContext,
  { name, resolved }: AskedConnection,
): Promise<HostedWarehouse | undefined> {
  if (resolved.host === undefined) return undefined;
  const tables = await readDatasetTables(await context.store(), name);
  const destination = new HostedDestination(resolved, resolved.host);
  return { destination, tables, [Symbol.asyncDispose]: () => destination[Symbol.asyncDispose]() };
}

/** By which a caller's own questions are told from others'. */
export function callerKey({ caller }: Pick<OperationContext, 'caller'>): string {
  return caller.userId ?? `${caller.by}:${caller.name}`;
}
