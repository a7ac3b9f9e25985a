import {
  PipelineError,
  type BucketDigest,
  type Destination,
  type DigestRequest,
  type ExportRequest,
  type ExportResult,
  type PublishedTable,
  type PublishRequest,
  type PublishResult,
  type QueryRequest,
  type QueryResult,
  type RowDigest,
  type ServerIdentity,
  type StagedFile,
} from '@millrace/connector-sdk';
import type { TableName } from '@millrace/spec';

import type { DuckdbConfig } from './config.ts';
import { describeTable } from './describe-table.ts';
import { digestRowsOfTable, digestTable } from './digest/digest-table.ts';
import { publishTable } from './publish/publish-table.ts';
import { exportQuery } from './query/export-query.ts';
import { queryShared, queryWarehouse } from './query/query-warehouse.ts';
import { openWarehouse, type WarehouseLease } from './warehouse/open-warehouse.ts';
import type { Warehouse } from './warehouse/warehouse.ts';

export async function openDuckdbDestination(config: DuckdbConfig, signal: AbortSignal): Promise<Destination> {
  const destination = new DuckdbDestination(config);
  await destination.check(signal);
  return destination;
}

/** A destination whose questions are answered by the instance that publishes, which is locked for good. */
export async function openSharedDestination(config: DuckdbConfig, signal: AbortSignal): Promise<Destination> {
  const destination = new DuckdbDestination(config, { isShared: true });
  await destination.check(signal);
  return destination;
}

class DuckdbDestination implements Destination {
  readonly #config: DuckdbConfig;
  readonly #isShared: boolean;
  /** Held from the first use on; given up for a query, which needs the file to itself. */
  #lease: Promise<WarehouseLease> | undefined;
  /** Calls that need the file open right now. */
  #users = 0;

  constructor(config: DuckdbConfig, { isShared }: { readonly isShared: boolean } = { isShared: false }) {
    this.#config = config;
    this.#isShared = isShared;
  }

  async check(signal: AbortSignal): Promise<ServerIdentity> {
    return this.#use(signal, (warehouse) => warehouse.identity(signal));
  }

  async describe(
    tables: readonly TableName[],
    signal: AbortSignal,
  ): Promise<readonly (PublishedTable | undefined)[]> {
    return this.#use(signal, async ({ catalog }) =>
      tables.map((table) => {
        const found = catalog.find(table);
        return found === undefined ? undefined : describeTable(found);
      }),
    );
  }

  async publish(
    request: PublishRequest,
    files: AsyncIterable<StagedFile>,
    signal: AbortSignal,
  ): Promise<PublishResult> {
    const staged = await Array.fromAsync(files);
    return this.#use(signal, (warehouse) => publishTable(warehouse, request, staged, signal));
  }

  async query(request: QueryRequest, signal: AbortSignal): Promise<QueryResult> {
    if (this.#isShared) return this.#use(signal, (warehouse) => queryShared(warehouse, request, signal));
    if (this.#users > 0) {
      throw new PipelineError({
        code: 'warehouseBusy',
        blame: 'destination',
        retry: 'backoff',
        message: `${this.#config.path} is being written or verified. Try again when that has ended.`,
      });
    }
    await this[Symbol.asyncDispose]();
    return queryWarehouse(this.#config, request, signal);
  }

  async export(
    request: ExportRequest,
    onProgress: (share: number) => void,
    signal: AbortSignal,
  ): Promise<ExportResult> {
    if (!this.#isShared) {
      throw new PipelineError({
        code: 'configInvalid',
        blame: 'config',
        retry: 'never',
        message: 'Answers are exported where a server runs. Start one with millrace serve.',
      });
    }
    return this.#use(signal, (warehouse) => exportQuery(warehouse, request, onProgress, signal));
  }

  async digest(request: DigestRequest, signal: AbortSignal): Promise<readonly BucketDigest[]> {
    return this.#use(signal, async (warehouse) => {
      using session = await warehouse.session('destination', signal);
      return await digestTable(session, request, signal);
    });
  }

  async *digestRows(
    request: DigestRequest,
    inBuckets: readonly number[],
    signal: AbortSignal,
  ): AsyncGenerator<RowDigest> {
    this.#users += 1;
    try {
      using session = await (await this.#open(signal)).session('destination', signal);
      yield* digestRowsOfTable(session, request, inBuckets, signal);
    } finally {
      this.#users -= 1;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const lease = this.#lease;
    this.#lease = undefined;
    (await lease?.catch(() => undefined))?.[Symbol.dispose]();
  }

  async #use<T>(signal: AbortSignal, work: (warehouse: Warehouse) => Promise<T>): Promise<T> {
    this.#users += 1;
    try {
      return await work(await this.#open(signal));
    } finally {
      this.#users -= 1;
    }
  }

  async #open(signal: AbortSignal): Promise<Warehouse> {
    this.#lease ??= openWarehouse(
      this.#config,
      { blame: 'destination', isCreated: true, ...(this.#isShared ? { isLocked: true } : {}) },
      signal,
    );
    try {
      return (await this.#lease).warehouse;
    } catch (error) {
      this.#lease = undefined;
      throw error;
    }
  }
}
