import {
  type Batch,
  type CursorEvidence,
  type DiscoverRequest,
  type ReadRequest,
  type ReadResult,
  type ServerIdentity,
  type Source,
  throwIfCancelled,
} from '@millrace/connector-sdk';
import type { SourceTable } from '@millrace/spec';

import type { MysqlConfig } from './config.ts';
import { discoverTables } from './discover/discover-tables.ts';
import { inspectCursor } from './discover/inspect-cursor.ts';
import { connectionLost } from './errors.ts';
import { readTable } from './read/read-table.ts';
import { SessionHolder } from './session-holder.ts';

/** Reads tables over one session that stays open from read to read. */
export class MysqlSource implements Source {
  private readonly sessions: SessionHolder;
  private readonly database: string | undefined;

  constructor(config: MysqlConfig) {
    this.sessions = new SessionHolder(config, 'source');
    this.database = config.database;
  }

  check(signal: AbortSignal): Promise<ServerIdentity> {
    return this.sessions.use(signal, async ({ connection, identity }) => {
      await connection.query('SELECT 1');
      return identity;
    });
  }

  discover(request: DiscoverRequest, signal: AbortSignal): Promise<readonly SourceTable[]> {
    return this.sessions.use(signal, ({ connection }) => discoverTables(connection, request, this.database));
  }

  async *read(request: ReadRequest, signal: AbortSignal): AsyncGenerator<Batch, ReadResult, undefined> {
    const session = await this.sessions.take(signal);
    const cut = this.sessions.cutOn(signal, session);
    try {
      return yield* readTable(session, request);
    } catch (error) {
      throwIfCancelled(signal);
      throw error;
    } finally {
      cut[Symbol.dispose]();
      // A consumer that left early leaves rows on the wire.
      if (!session.connection.isUsable) session.connection.fail(connectionLost('source'));
    }
  }

  inspectCursor(table: SourceTable, column: string, signal: AbortSignal): Promise<CursorEvidence> {
    return this.sessions.use(signal, ({ connection }) => inspectCursor(connection, table, column));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.sessions[Symbol.asyncDispose]();
  }
}
