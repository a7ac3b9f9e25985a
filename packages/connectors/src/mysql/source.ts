import type {
  Batch,
  BucketDigest,
  CursorEvidence,
  DigestRequest,
  DiscoverRequest,
  ReadRequest,
  ReadResult,
  RowDigest,
  ServerIdentity,
  Source,
} from '@millrace/connector-sdk';
import type { SourceTable } from '@millrace/spec';

import type { MysqlConfig } from './config.ts';
import { digestTable, digestTableRows } from './digest/digest.ts';
import { discoverTables } from './discover/discover-tables.ts';
import { inspectCursor } from './discover/inspect-cursor.ts';
import { readTable } from './read/read-table.ts';
import { selectStatement } from './read/statement.ts';
import { SessionHolder } from './session-holder.ts';

/** Reads tables over one session that stays open from read to read. */
export class MysqlSource implements Source {
  readonly #sessions: SessionHolder;
  readonly #database: string | undefined;

  constructor(config: MysqlConfig) {
    this.#sessions = new SessionHolder(config, 'source');
    this.#database = config.database;
  }

  check(signal: AbortSignal): Promise<ServerIdentity> {
    return this.#sessions.use(signal, async ({ connection, identity }) => {
      await connection.query('SELECT 1');
      return identity;
    });
  }

  discover(request: DiscoverRequest, signal: AbortSignal): Promise<readonly SourceTable[]> {
    return this.#sessions.use(signal, ({ connection }) =>
      discoverTables(connection, request, this.#database),
    );
  }

  read(request: ReadRequest, signal: AbortSignal): AsyncGenerator<Batch, ReadResult, undefined> {
    return this.#sessions.stream(signal, (session) => readTable(session, request));
  }

  async describeRead(request: ReadRequest): Promise<string> {
    return selectStatement(request);
  }

  inspectCursor(table: SourceTable, column: string, signal: AbortSignal): Promise<CursorEvidence> {
    return this.#sessions.use(signal, ({ connection }) => inspectCursor(connection, table, column));
  }

  digest(request: DigestRequest, signal: AbortSignal): Promise<readonly BucketDigest[]> {
    return this.#sessions.use(signal, (session) => digestTable(session, request, 'source'));
  }

  digestRows(
    request: DigestRequest,
    inBuckets: readonly number[],
    signal: AbortSignal,
  ): AsyncIterable<RowDigest> {
    return this.#sessions.stream(signal, (session) => digestTableRows(session, request, inBuckets, 'source'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sessions[Symbol.asyncDispose]();
  }
}
