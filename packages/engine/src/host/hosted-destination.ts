import type {
  BucketDigest,
  Destination,
  DigestRequest,
  ExportRequest,
  ExportResult,
  PublishedTable,
  PublishRequest,
  PublishResult,
  QueryRequest,
  QueryResult,
  RowDigest,
  ServerIdentity,
  StagedFile,
} from '@millrace/connector-sdk';
import type { TableName } from '@millrace/spec';

import type { ResolvedConnection } from '../run/run-request.ts';
import { HostClient } from './host-client.ts';
import type { HostedPublication } from './host-message.ts';

/** A destination that the host owns; only its words cross, never rows: staged files are read where they lie. */
export class HostedDestination implements Destination {
  readonly #client: HostClient;

  constructor(connection: ResolvedConnection, address: string) {
    this.#client = new HostClient(connection, address);
  }

  check(signal: AbortSignal): Promise<ServerIdentity> {
    return this.#ask('check', [], signal);
  }

  describe(
    tables: readonly TableName[],
    signal: AbortSignal,
  ): Promise<readonly (PublishedTable | undefined)[]> {
    return this.#ask('describe', [tables], signal);
  }

  /** Begins when every file is staged, so that a list that throws leaves nothing behind in the host. */
  async publish(
    publishRequest: PublishRequest,
    files: AsyncIterable<StagedFile>,
    signal: AbortSignal,
  ): Promise<PublishResult> {
    const { position, deletedKeys, reader: _, checkpoint, ...request } = publishRequest;
    const staged: StagedFile[] = [];
    for await (const { path, rows, sizeBytes, sha256 } of files)
      staged.push({ path, rows, sizeBytes, sha256 });
    const publication: HostedPublication = {
      request,
      files: staged,
      position: position(),
      deletedKeys: deletedKeys(),
    };
    return await this.#ask('publish', [publication], signal, checkpoint);
  }

  async query(request: QueryRequest, signal: AbortSignal): Promise<QueryResult> {
    const rows: QueryResult['rows'][number][] = [];
    const answer = await this.#client.call(
      {
        side: 'destination',
        method: 'query',
        args: [request],
        onItems: (items) => void rows.push(...(items as QueryResult['rows'])),
      },
      signal,
    );
    return { ...(answer as Omit<QueryResult, 'rows'>), rows };
  }

  async export(
    request: ExportRequest,
    onProgress: (share: number) => void,
    signal: AbortSignal,
  ): Promise<ExportResult> {
    const answer = await this.#client.call(
      {
        side: 'destination',
        method: 'export',
        args: [request],
        onItems: (shares) => (shares as readonly number[]).forEach(onProgress),
      },
      signal,
    );
    return answer as ExportResult;
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
        side: 'destination',
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
  #ask<Answer>(
    method: string,
    args: readonly unknown[],
    signal: AbortSignal,
    onPoint?: (point: string) => void,
  ): Promise<Answer> {
    return this.#client.call(
      { side: 'destination', method, args, ...(onPoint === undefined ? {} : { onPoint }) },
      signal,
    ) as Promise<Answer>;
  }
}
