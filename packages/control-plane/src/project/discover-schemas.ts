import { requiredTables, type RequiredTables } from '@millrace/compiler';
import { PipelineError } from '@millrace/connector-sdk';
import type { PipelineDocument, SourceTable } from '@millrace/spec';

import type { OperationContext } from '../operation-context.ts';
import type { UsableConnection } from './connect.ts';
import { rememberSchemas } from './known-schemas.ts';

const ALL: RequiredTables = { include: [], exclude: [] };

/** The tables that a document reads as their sources declare them now, by connection. */
export async function discoverRequired(
  context: OperationContext,
  document: PipelineDocument,
  connections: ReadonlyMap<string, UsableConnection>,
  signal: AbortSignal,
): Promise<Readonly<Record<string, readonly SourceTable[]>>> {
  const found = await Promise.all(
    Object.entries(requiredTables(document)).map(async ([name, required]) => {
      const connection = connections.get(name);
      const tables =
        connection === undefined ? [] : await discoverSchemas(context, connection, required, signal);
      return [name, tables] as const;
    }),
  );
  return Object.fromEntries(found);
}

/**
 * Asks a source what its tables look like and keeps the answer. When a table of the request is missing, the answer is
 * every table: the compiler then says where in the document the name stands, and what it may have meant.
 */
export async function discoverSchemas(
  context: OperationContext,
  { declared, resolved }: UsableConnection,
  required: RequiredTables,
  signal: AbortSignal,
): Promise<readonly SourceTable[]> {
  if (!declared.definition.openSource) return [];
  const discover = async (request: RequiredTables): Promise<readonly SourceTable[]> => {
    const tables = await context.runner().call('discover', { connection: resolved, ...request }, signal);
    await rememberSchemas(await context.store(), declared, request, tables);
    return tables;
  };
  try {
    return await discover(required);
  } catch (error) {
    if (!(error instanceof PipelineError)) throw error;
    if (error.code !== 'tableMissing') throw nameConnection(declared.name, error);
    return await discover(ALL);
  }
}

/** A pipeline reads from several connections, and a server's own message names none of them. */
function nameConnection(name: string, error: PipelineError): PipelineError {
  const { code, blame, retry, message, cause } = error;
  return new PipelineError({ code, blame, retry, message: `Connection "${name}": ${message}`, cause });
}
