import type {
  BucketDigest,
  Destination,
  DigestRequest,
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

import type { DuckdbConfig } from './config.ts';
import { describeTable } from './describe-table.ts';
import { digestRowsOfTable, digestTable } from './digest/digest-table.ts';
import { publishTable } from './publish/publish-table.ts';
import { queryWarehouse } from './query/query-warehouse.ts';
import { openWarehouse, type WarehouseLease } from './warehouse/open-warehouse.ts';
import type { Warehouse } from './warehouse/warehouse.ts';

export async function openDuckdbDestination(config: DuckdbConfig, signal: AbortSignal): Promise<Destination> {
  const destination = new DuckdbDestination(config);
  await destination.check(signal);
  return destination;
}

class DuckdbDestination implements Destination {
  readonly #config: DuckdbConfig;
  /** Held from the first use on; given up for a query, which needs the file to itself. */
  #lease: Promise<WarehouseLease> | undefined;

  constructor(config: DuckdbConfig) {
    this.#config = config;
  }

  async check(signal: AbortSignal): Promise<ServerIdentity> {
    return (await this.#open(signal)).identity(signal);
  }

  async describe(
    tables: readonly TableName[],
    signal: AbortSignal,
  ): Promise<readonly (PublishedTable | undefined)[]> {
    const { catalog } = await this.#open(signal);
    return tables.map((table) => {
      const found = catalog.find(table);
      return found === undefined ? undefined : describeTable(found);
    });
  }

  async publish(
    request: PublishRequest,
    files: AsyncIterable<StagedFile>,
    signal: AbortSignal,
  ): Promise<PublishResult> {
    const staged = await Array.fromAsync(files);
    return publishTable(await this.#open(signal), request, staged, signal);
  }

  async query(request: QueryRequest, signal: AbortSignal): Promise<QueryResult> {
    await this[Symbol.asyncDispose]();
    return queryWarehouse(this.#config, request, signal);
  }

  async digest(request: DigestRequest, signal: AbortSignal): Promise<readonly BucketDigest[]> {
    using session = await (await this.#open(signal)).session('destination', signal);
    return await digestTable(session, request, signal);
  }

  async *digestRows(
    request: DigestRequest,
    inBuckets: readonly number[],
    signal: AbortSignal,
  ): AsyncGenerator<RowDigest> {
    using session = await (await this.#open(signal)).session('destination', signal);
    yield* digestRowsOfTable(session, request, inBuckets, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const lease = this.#lease;
    this.#lease = undefined;
    (await lease?.catch(() => undefined))?.[Symbol.dispose]();
  }

  async #open(signal: AbortSignal): Promise<Warehouse> {
    this.#lease ??= openWarehouse(this.#config, { blame: 'destination', isCreated: true }, signal);
    try {
      return (await this.#lease).warehouse;
    } catch (error) {
      this.#lease = undefined;
      throw error;
    }
  }
}
