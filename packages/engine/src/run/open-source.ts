import {
  PipelineError,
  type Batch,
  type BucketDigest,
  type ConnectorDefinition,
  type CursorEvidence,
  type DigestRequest,
  type ParquetFile,
  type ReadRequest,
  type RowDigest,
  type ServerIdentity,
} from '@millrace/connector-sdk';
import type { Capabilities, SourceTable, TableName } from '@millrace/spec';

import type { ThreadReadResult } from '../extract/extract-message.ts';
import type { ExtractPool } from '../extract/extract-pool.ts';
import { openOnce, type OpenOnce } from './open-once.ts';
import type { ResolvedConnection } from './run-request.ts';
import { createSlots } from './slots.ts';
import { tableKey } from './table-key.ts';

/** One source connection of a run, whichever thread reads it. */
export interface OpenSource {
  readonly capabilities: NonNullable<Capabilities['source']>;
  /** Asked once per run. */
  identity(signal: AbortSignal): Promise<ServerIdentity>;
  /** Looks all of them up in one discovery; tables that are gone are left out. The result is kept. */
  discover(tables: readonly TableName[], signal: AbortSignal): Promise<void>;
  /** The table as it is at the source; looked up again after `forget`. Throws `tableMissing`. */
  table(table: TableName, signal: AbortSignal): Promise<SourceTable>;
  forget(table: TableName): void;
  read(
    request: ReadRequest,
    signal: AbortSignal,
  ): AsyncGenerator<Batch | ParquetFile, ThreadReadResult, undefined>;
  /** What `read` would run for the request now. */
  describeRead(request: ReadRequest, signal: AbortSignal): Promise<string>;
  inspectCursor(table: SourceTable, column: string, signal: AbortSignal): Promise<CursorEvidence>;
  digest(request: DigestRequest, signal: AbortSignal): Promise<readonly BucketDigest[]>;
  digestRows(
    request: DigestRequest,
    inBuckets: readonly number[],
    signal: AbortSignal,
  ): AsyncIterable<RowDigest>;
}

/** Reads on while what was read is worked on; `leave` is called as soon as the source has nothing more to do. */
async function* readAhead<Item, Result>(
  reading: AsyncGenerator<Item, Result, undefined>,
  leave: () => void,
): AsyncGenerator<Item, Result, undefined> {
  try {
    let next = reading.next();
    for (;;) {
      const { done, value } = await next;
      if (done === true) return value;
      next = reading.next();
      next.then((step) => step.done === true && leave(), leave);
      yield value;
    }
  } finally {
    await reading[Symbol.asyncDispose]();
    leave();
  }
}

export function openSource(
  name: string,
  definition: ConnectorDefinition<never>,
  connection: ResolvedConnection,
  pool: ExtractPool,
  maxTries: number,
): OpenSource {
  const capabilities = definition.capabilities.source;
  if (capabilities === undefined) {
    throw new PipelineError({
      code: 'configInvalid',
      blame: 'config',
      retry: 'never',
      message: `The connection ${name} cannot be read: ${definition.title} is a destination only.`,
    });
  }
  let identity: OpenOnce<ServerIdentity> | undefined;
  const known = new Map<string, SourceTable>();
  // A source is used for one read at a time; worker threads have one each, the owner thread has one for all.
  const turns = capabilities.extractIn === 'owner' ? createSlots(1) : undefined;

  async function find(tables: readonly TableName[], signal: AbortSignal): Promise<void> {
    try {
      const include = tables.map((table) =>
        table.schema === undefined ? table.name : `${table.schema}.${table.name}`,
      );
      const found = await pool.call(connection, 'discover', [{ include, exclude: [] }], signal);
      for (const table of found) known.set(tableKey(table.table), table);
    } catch (error) {
      if (!(error instanceof PipelineError) || error.code !== 'tableMissing' || tables.length < 2)
        throw error;
      // One missing table must not hide the others: halve until it is alone.
      const middle = tables.length >> 1;
      for (const half of [tables.slice(0, middle), tables.slice(middle)]) {
        await find(half, signal).catch((cause: unknown) => {
          if (!(cause instanceof PipelineError) || cause.code !== 'tableMissing') throw cause;
        });
      }
    }
  }

  return {
    capabilities,
    identity(signal) {
      identity ??= openOnce(() => pool.call(connection, 'check', [], signal), maxTries);
      return identity.get();
    },
    async discover(tables, signal) {
      await find(tables, signal).catch((error: unknown) => {
        if (!(error instanceof PipelineError) || error.code !== 'tableMissing') throw error;
      });
    },
    async table(table, signal) {
      const found = known.get(tableKey(table));
      if (found !== undefined) return found;
      await find([table], signal);
      const again = known.get(tableKey(table));
      if (again !== undefined) return again;
      throw new PipelineError({
        code: 'tableMissing',
        blame: 'source',
        retry: 'never',
        message: `${table.schema === undefined ? '' : `${table.schema}.`}${table.name} does not exist in ${name} any more. Remove it from the pipeline, or restore it.`,
      });
    },
    forget(table) {
      known.delete(tableKey(table));
    },
    async *read(request, signal) {
      if (turns === undefined) return yield* pool.read(connection, request, signal);
      return yield* readAhead(pool.read(connection, request, signal), await turns.take(signal));
    },
    describeRead: (request, signal) => pool.call(connection, 'describeRead', [request], signal),
    inspectCursor: (table, column, signal) => pool.call(connection, 'inspectCursor', [table, column], signal),
    digest: (request, signal) => pool.call(connection, 'digest', [request], signal),
    async *digestRows(request, inBuckets, signal) {
      yield* await pool.call(connection, 'digestRows', [request, inBuckets], signal);
    },
  };
}
