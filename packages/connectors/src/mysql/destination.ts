import {
  type BucketDigest,
  type Destination,
  type DigestRequest,
  PipelineError,
  type PublishedTable,
  type PublishRequest,
  type PublishResult,
  type RowDigest,
  type ServerIdentity,
  type StagedFile,
} from '@millrace/connector-sdk';
import type { TableName } from '@millrace/spec';

import type { MysqlConfig } from './config.ts';
import { digestTable, digestTableRows } from './digest/digest.ts';
import { describeTables } from './publish/describe-tables.ts';
import { resolveTarget } from './publish/names.ts';
import { publishTable } from './publish/publish-table.ts';
import { SessionHolder } from './session-holder.ts';

/** Publishes tables, each over a session of its own; sessions are kept for the next table. */
export class MysqlDestination implements Destination {
  readonly #config: MysqlConfig;
  readonly #idle: SessionHolder[] = [];
  #isClosed = false;

  constructor(config: MysqlConfig) {
    this.#config = config;
  }

  check(signal: AbortSignal): Promise<ServerIdentity> {
    return this.#withSession((sessions) =>
      sessions.use(signal, async ({ connection, identity }) => {
        await connection.query('SELECT 1');
        return identity;
      }),
    );
  }

  describe(
    tables: readonly TableName[],
    signal: AbortSignal,
  ): Promise<readonly (PublishedTable | undefined)[]> {
    return this.#withSession((sessions) =>
      sessions.use(signal, ({ connection }) => describeTables(connection, tables, this.#config.database)),
    );
  }

  publish(
    request: PublishRequest,
    files: AsyncIterable<StagedFile>,
    signal: AbortSignal,
  ): Promise<PublishResult> {
    const target = resolveTarget(request.table, this.#config.database);
    return this.#withSession((sessions) =>
      sessions.use(signal, ({ connection }) => publishTable(connection, target, request, files, signal)),
    );
  }

  digest(request: DigestRequest, signal: AbortSignal): Promise<readonly BucketDigest[]> {
    const resolved = { ...request, table: resolveTarget(request.table, this.#config.database) };
    return this.#withSession((sessions) =>
      sessions.use(signal, (session) => digestTable(session, resolved, 'destination')),
    );
  }

  async *digestRows(
    request: DigestRequest,
    inBuckets: readonly number[],
    signal: AbortSignal,
  ): AsyncGenerator<RowDigest> {
    const resolved = { ...request, table: resolveTarget(request.table, this.#config.database) };
    await using sessions = new SessionHolder(this.#config, 'destination');
    yield* sessions.stream(signal, (session) => digestTableRows(session, resolved, inBuckets, 'destination'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#idle.splice(0).map((sessions) => sessions[Symbol.asyncDispose]()));
  }

  async #withSession<T>(work: (sessions: SessionHolder) => Promise<T>): Promise<T> {
    if (this.#isClosed) {
      throw new PipelineError({
        code: 'internal',
        blame: 'platform',
        retry: 'never',
        message: 'The destination is closed.',
      });
    }
    const sessions = this.#idle.pop() ?? new SessionHolder(this.#config, 'destination');
    try {
      return await work(sessions);
    } finally {
      if (this.#isClosed) await sessions[Symbol.asyncDispose]();
      else this.#idle.push(sessions);
    }
  }
}
