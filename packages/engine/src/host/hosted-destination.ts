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
    this.#client = new HostClient('destination', connection, address);
  }

  check(signal: AbortSignal): Promise<ServerIdentity> {
    return this.#client.call('check', [], signal);
  }

  describe(
    tables: readonly TableName[],
    signal: AbortSignal,
  ): Promise<readonly (PublishedTable | undefined)[]> {
    return this.#client.call('describe', [tables], signal);
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
    return await this.#client.call('publish', [publication], signal, { onPoint: checkpoint });
  }

  async query(request: QueryRequest, signal: AbortSignal): Promise<QueryResult> {
    const { items, answer } = await this.#client.collect<
      QueryResult['rows'][number],
      Omit<QueryResult, 'rows'>
    >('query', [request], signal);
    return { ...answer, rows: items };
  }

  async export(
    request: ExportRequest,
    onProgress: (share: number) => void,
    signal: AbortSignal,
  ): Promise<ExportResult> {
    return await this.#client.call('export', [request], signal, {
      onItems: (shares) => (shares as readonly number[]).forEach(onProgress),
    });
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
