import type {
  BucketDigest,
  Destination,
  DigestRequest,
  PublishedTable,
  PublishRequest,
  PublishResult,
  RowDigest,
  ServerIdentity,
  StagedFile,
} from '@millrace/connector-sdk';
import type { TableName } from '@millrace/spec';

import type { DuckdbConfig } from './config.ts';
import { describeTable } from './describe-table.ts';
import { digestRowsOfTable, digestTable } from './digest/digest-table.ts';
import { publishTable } from './publish/publish-table.ts';
import { openWarehouse, type WarehouseLease } from './warehouse/open-warehouse.ts';

export async function openDuckdbDestination(config: DuckdbConfig, signal: AbortSignal): Promise<Destination> {
  return new DuckdbDestination(
    await openWarehouse(config, { blame: 'destination', isCreated: true }, signal),
  );
}

class DuckdbDestination implements Destination {
  readonly #lease: WarehouseLease;

  constructor(lease: WarehouseLease) {
    this.#lease = lease;
  }

  async check(signal: AbortSignal): Promise<ServerIdentity> {
    return this.#lease.warehouse.identity(signal);
  }

  async describe(tables: readonly TableName[]): Promise<readonly (PublishedTable | undefined)[]> {
    const { catalog } = this.#lease.warehouse;
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
    return publishTable(this.#lease.warehouse, request, staged, signal);
  }

  async digest(request: DigestRequest, signal: AbortSignal): Promise<readonly BucketDigest[]> {
    using session = await this.#lease.warehouse.session('destination', signal);
    return await digestTable(session, request, signal);
  }

  async *digestRows(
    request: DigestRequest,
    inBuckets: readonly number[],
    signal: AbortSignal,
  ): AsyncGenerator<RowDigest> {
    using session = await this.#lease.warehouse.session('destination', signal);
    yield* digestRowsOfTable(session, request, inBuckets, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#lease[Symbol.dispose]();
  }
}
