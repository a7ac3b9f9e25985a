import type {
  Batch,
  BucketDigest,
  CursorEvidence,
  DigestRequest,
  DiscoverRequest,
  ParquetFile,
  ReadRequest,
  ReadResult,
  RowDigest,
  ServerIdentity,
  Source,
} from '@millrace/connector-sdk';
import type { SourceTable } from '@millrace/spec';

import type { ResolvedConnection } from '../run/run-request.ts';
import { HostClient } from './host-client.ts';

/** A source that the host owns; it writes what is read as files, of which only the paths cross. */
export class HostedSource implements Source {
  readonly #client: HostClient;

  constructor(connection: ResolvedConnection, address: string) {
    this.#client = new HostClient(connection, address);
  }

  check(signal: AbortSignal): Promise<ServerIdentity> {
    return this.#ask('check', [], signal);
  }

  discover(request: DiscoverRequest, signal: AbortSignal): Promise<readonly SourceTable[]> {
    return this.#ask('discover', [request], signal);
  }

  async *read(
    request: ReadRequest,
    signal: AbortSignal,
  ): AsyncGenerator<Batch | ParquetFile, ReadResult, undefined> {
    const read: (Batch | ParquetFile)[] = [];
    const result = await this.#client.call(
      {
        side: 'source',
        method: 'read',
        args: [request],
        onItems: (items) => void read.push(...(items as readonly (Batch | ParquetFile)[])),
      },
      signal,
    );
    yield* read;
    return result as ReadResult;
  }

  describeRead(request: ReadRequest, signal: AbortSignal): Promise<string> {
    return this.#ask('describeRead', [request], signal);
  }

  inspectCursor(table: SourceTable, column: string, signal: AbortSignal): Promise<CursorEvidence> {
    return this.#ask('inspectCursor', [table, column], signal);
  }

  digest(request: DigestRequest, signal: AbortSignal): Promise<readonly BucketDigest[]> {
    return this.#ask('digest', [request], signal);
  }

  async *digestRows(
    request: DigestRequest,
    inBuckets: readonly number[],
    signal: AbortSignal,
  ): AsyncGenerator<RowDigest> {
    const rows: RowDigest[] = [];
    await this.#client.call(
      {
        side: 'source',
        method: 'digestRows',
        args: [request, inBuckets],
        onItems: (items) => void rows.push(...(items as readonly RowDigest[])),
      },
      signal,
    );
    yield* rows;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client[Symbol.dispose]();
  }

  /** The host is the same program: what it sends for a method is that method's answer. */
  #ask<Answer>(method: string, args: readonly unknown[], signal: AbortSignal): Promise<Answer> {
    return this.#client.call({ side: 'source', method, args }, signal) as Promise<Answer>;
  }
}
