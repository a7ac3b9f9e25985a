import { createHash } from 'node:crypto';

import type { ServerIdentity, SourcePosition } from '@millrace/connector-sdk';

import type { MysqlConfig } from './config.ts';
import { MysqlServerError, type Role } from './errors.ts';
import { MysqlConnection, type TextRow } from './protocol/connection.ts';
import { isThreadWorking } from './protocol/other-session.ts';

/** A consumer may let a statement wait this long. */
const WAIT_SECONDS = 3600;

/** A logged-in connection whose settings make texts exact, and the identity of its server. */
export class MysqlSession implements AsyncDisposable {
  readonly connection: MysqlConnection;
  readonly identity: ServerIdentity;
  /** Answers with one row per fact of the replication position. */
  readonly positionStatement: string;
  #md5: Promise<boolean> | undefined;

  private constructor(connection: MysqlConnection, identity: ServerIdentity) {
    this.connection = connection;
    this.identity = identity;
    this.positionStatement = connection.greeting.isMariadb
      ? `SHOW STATUS WHERE Variable_name IN ('Binlog_snapshot_file', 'Binlog_snapshot_position')`
      : `SELECT 'gtidExecuted', @@global.gtid_executed`;
  }

  static async open(config: MysqlConfig, role: Role, signal: AbortSignal): Promise<MysqlSession> {
    const connection = await MysqlConnection.open(config, role, signal, {
      allowsLocalInfile: role === 'destination',
    });
    connection.probeSilence(() => isThreadWorking(config, role, connection.greeting.threadId));
    try {
      const { isMariadb } = connection.greeting;
      const identity = await connection.during(signal, async () => {
        const settings = sessionSettings(role, isMariadb);
        connection.send(...settings, isMariadb ? MARIADB_IDENTITY : MYSQL_IDENTITY);
        for (const _ of settings) await connection.completion();
        return identityOf(await connection.rows(), isMariadb);
      });
      return new MysqlSession(connection, identity);
    } catch (error) {
      connection.fail(error);
      throw error;
    }
  }

  /** Whether the server has MD5; asked once. */
  hasMd5(): Promise<boolean> {
    return (this.#md5 ??= tryQuery(this.connection, "SELECT MD5('')").then(
      (rows) => rows?.[0]?.[0]?.length === 32,
    ));
  }

  readPosition(rows: readonly TextRow[]): SourcePosition {
    return Object.fromEntries(rows.map(([name, value]) => [POSITION_KEYS[name ?? ''] ?? name ?? '', value]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.connection[Symbol.asyncDispose]();
  }
}

const POSITION_KEYS: Readonly<Record<string, string>> = {
  Binlog_snapshot_file: 'binlogFile',
  Binlog_snapshot_position: 'binlogPosition',
};

function sessionSettings(role: Role, isMariadb: boolean): string[] {
  // No NO_BACKSLASH_ESCAPES and no ANSI_QUOTES, whatever the server's default: texts are quoted for the plain mode.
  const mode = role === 'source' ? '' : 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,ERROR_FOR_DIVISION_BY_ZERO';
  return [
    'SET NAMES utf8mb4',
    `SET SESSION sql_mode = '${mode}', time_zone = '+00:00', autocommit = 1, sql_select_limit = DEFAULT, ` +
      `net_write_timeout = ${WAIT_SECONDS}, net_read_timeout = ${WAIT_SECONDS}, wait_timeout = ${WAIT_SECONDS * 8}, ` +
      (isMariadb ? 'max_statement_time = 0' : 'max_execution_time = 0, information_schema_stats_expiry = 0'),
    // A reader that keeps the table open may delay a swap, but the swap must not keep all other readers waiting for long.
    ...(role === 'destination' ? ['SET SESSION lock_wait_timeout = 60, innodb_lock_wait_timeout = 60'] : []),
    `SET SESSION TRANSACTION ISOLATION LEVEL ${role === 'source' ? 'REPEATABLE READ' : 'READ COMMITTED'}`,
  ];
}

const MYSQL_IDENTITY = 'SELECT VERSION(), @@server_uuid';
/** MariaDB has no server_uuid; what a copied data folder on another machine or port does not share comes closest. */
const MARIADB_IDENTITY = 'SELECT VERSION(), @@server_id, @@hostname, @@port, @@datadir';

function identityOf(rows: readonly TextRow[], isMariadb: boolean): ServerIdentity {
  const [version, ...facts] = rows[0] ?? [];
  const identity = isMariadb
    ? createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 32)
    : (facts[0] ?? '');
  return { product: isMariadb ? 'MariaDB' : 'MySQL', version: version ?? '', identity };
}

/** Runs a statement that may be refused by the server; undefined then. */
export async function tryQuery(connection: MysqlConnection, sql: string): Promise<TextRow[] | undefined> {
  try {
    return await connection.query(sql);
  } catch (error) {
    if (error instanceof MysqlServerError) return undefined;
    throw error;
  }
}
