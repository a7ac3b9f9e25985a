import type { ColumnTarget } from '@millrace/compiler';
import {
  PipelineError,
  type ConnectorDefinition,
  type ConnectorRegistry,
  type Destination,
  type PublishedTable,
} from '@millrace/connector-sdk';
import type { Capabilities, LogicalType, TableName } from '@millrace/spec';

import { openDestinationOf } from '../host/open-connection.ts';
import type { ResolvedConnection } from './run-request.ts';
import { createSlots, type Slots } from './slots.ts';
import { tableKey } from './table-key.ts';

/** One destination connection of a run, opened once on the owner thread. */
export interface OpenDestination {
  readonly destination: Destination;
  readonly capabilities: NonNullable<Capabilities['destination']>;
  /** What the compiler needs to know of it. */
  readonly target: ColumnTarget;
  /** The connector's name for people. */
  readonly title: string;
  /** Values of a type that it cannot keep (see `ConnectorDefinition.destinationRejects`). */
  readonly rejects: (type: LogicalType) => string | undefined;
  /** Places for publications and for other work that needs the destination to itself. */
  readonly publishing: Slots;
  /** Describes all of them in one call; the answers are kept until `forget`. */
  describe(tables: readonly TableName[], signal: AbortSignal): Promise<void>;
  published(table: TableName, signal: AbortSignal): Promise<PublishedTable | undefined>;
  forget(table: TableName): void;
  close(): Promise<void>;
}

export async function openDestination(
  name: string,
  definition: ConnectorDefinition<never>,
  connection: ResolvedConnection,
  registry: ConnectorRegistry,
  signal: AbortSignal,
): Promise<OpenDestination> {
  const capabilities = definition.capabilities.destination;
  if (capabilities === undefined) {
    throw new PipelineError({
      code: 'configInvalid',
      blame: 'config',
      retry: 'never',
      message: `The connection ${name} cannot be written to: ${definition.title} is a source only.`,
    });
  }
  const destination = await openDestinationOf(registry, connection, signal);
  const known = new Map<string, PublishedTable | undefined>();
  async function describe(tables: readonly TableName[], stop: AbortSignal): Promise<void> {
    const answers = await destination.describe(tables, stop);
    for (const [index, table] of tables.entries()) known.set(tableKey(table), answers[index]);
  }
  return {
    destination,
    capabilities,
    target: {
      connector: definition.name,
      identifiers: capabilities.identifiers,
      destinationType: definition.destinationType,
    },
    title: definition.title,
    rejects: (type) => definition.destinationRejects?.(type),
    publishing: createSlots(capabilities.parallelPublishes),
    describe,
    async published(table, stop) {
      if (!known.has(tableKey(table))) await describe([table], stop);
      return known.get(tableKey(table));
    },
    forget(table) {
      known.delete(tableKey(table));
    },
    close: async () => destination[Symbol.asyncDispose](),
  };
}
