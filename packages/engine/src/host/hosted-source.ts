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
    this.#client = new HostClient('source', connection, address);
  }

  check(signal: AbortSignal): Promise<ServerIdentity> {
    return this.#client.call('check', [], signal);
  }

  discover(request: DiscoverRequest, signal: AbortSignal): Promise<readonly SourceTable[]> {
    return this.#client.call('discover', [request], signal);
  }

  async *read(
    request: ReadRequest,
    signal: AbortSignal,
  ): AsyncGenerator<Batch | ParquetFile, ReadResult, undefined> {
    const { items, answer } = await this.#client.collect<Batch | ParquetFile, ReadResult>(
      'read',
      [request],
      signal,
    );
    yield* items;
    return answer;
  }

  describeRead(request: ReadRequest, signal: AbortSignal): Promise<string> {
    return this.#client.call('describeRead', [request], signal);
  }

  inspectCursor(table: SourceTable, column: string, signal: AbortSignal): Promise<CursorEvidence> {
    return this.#client.call('inspectCursor', [table, column], signal);
  }

  digest(request: DigestRequest, signal: AbortSignal): Promise<readonly BucketDigest[]> {
    return this.#client.call('digest', [request], signal);
  }

  async *digestRows(
    request: DigestRequest,
    inBuckets: readonly number[],
    signal: AbortSignal,
  ): AsyncGenerator<RowDigest> {
    yield* (await this.#client.collect<RowDigest, void>('digestRows', [request, inBuckets], signal)).items;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client[Symbol.dispose]();
  }
}
