import { requiredTables } from '@millrace/compiler';
import type { PipelineDocument, SourceTable } from '@millrace/spec';

import type { OperationContext } from '../operation-context.ts';
import type { UsableConnection } from './connect.ts';
import { discoverSchemas } from './discover-schemas.ts';
import { recallSchemas } from './known-schemas.ts';

/** The tables that a document reads as their sources were last seen; a source that was never asked for them is asked now. */
export async function recallOrDiscover(
  context: OperationContext,
  document: PipelineDocument,
  connections: ReadonlyMap<string, UsableConnection>,
  signal: AbortSignal,
): Promise<Readonly<Record<string, readonly SourceTable[]>>> {
  const store = await context.store();
  const found = await Promise.all(
    Object.entries(requiredTables(document)).map(async ([name, required]) => {
      const connection = connections.get(name);
      if (connection === undefined) return [name, []] as const;
      const known = await recallSchemas(store, connection.declared, required);
      if (known.missing.length === 0) return [name, known.tables] as const;
      return [name, await discoverSchemas(context, connection, required, signal)] as const;
    }),
  );
  return Object.fromEntries(found);
}
