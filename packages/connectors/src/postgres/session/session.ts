import { type Blame, throwIfCancelled } from '@millrace/connector-sdk';
import { postgresDialect, quoteText } from '@millrace/sql';
import type { Client, QueryArrayResult } from 'pg';

import type { PostgresConfig } from '../config.ts';
import { connectionLost, toPipelineError } from '../errors.ts';
import { type Backend, backendState, connect, requestCancel, terminateBackend } from './connect.ts';
import { SilenceGuard } from './silence-guard.ts';
import type { ByteReceiver, Wire } from './wire.ts';

export type TextRow = readonly (string | null)[];

/** What was learned about the server when the session began. */
export interface ServerFacts {
  readonly version: string;
  /** `server_version_num`: 150018 for 15.18. */
  readonly versionNumber: number;
  /** Of the data directory and the database in it. */
  readonly identity: string;
  readonly isUtf8: boolean;
  /** SQL that gives the log position as text, or NULL where the role may not ask. */
  readonly logPosition: string;
  readonly backend: Backend;
}

/** Who holds a lock for longer has forgotten it: the statement fails, says so, and is tried again. */
export const LOCK_TIMEOUT = '10min';

/** Each text form below is the one that `types.ts` documents; `row_security = off` makes hidden rows an error. */
const SETTINGS: Readonly<Record<string, string>> = {
  client_encoding: 'UTF8',
  TimeZone: 'UTC',
  DateStyle: 'ISO, YMD',
  IntervalStyle: 'iso_8601',
  bytea_output: 'hex',
  extra_float_digits: '1',
  lc_monetary: 'C',
  standard_conforming_strings: 'on',
  statement_timeout: '0',
  lock_timeout: LOCK_TIMEOUT,
  idle_in_transaction_session_timeout: '0',
  tcp_keepalives_idle: '60',
  tcp_keepalives_interval: '10',
  tcp_keepalives_count: '6',
  row_security: 'off',
  jit: 'off',
  search_path: 'pg_catalog',
};

/** One connection with known settings. One statement at a time; after a failure in mid-answer it is closed for good. */
export class Session implements AsyncDisposable {
  readonly facts: ServerFacts;
  readonly #client: Client;
  readonly #wire: Wire;
  readonly #config: PostgresConfig;
  readonly #blame: Blame;
  #isBroken = false;

  private constructor(client: Client, wire: Wire, config: PostgresConfig, blame: Blame, facts: ServerFacts) {
    this.#client = client;
    this.#wire = wire;
    this.#config = config;
    this.#blame = blame;
    this.facts = facts;
    client.on('end', () => (this.#isBroken = true));
  }

  static async open(config: PostgresConfig, blame: Blame, signal: AbortSignal): Promise<Session> {
    const { client, wire } = await connect(config, blame, signal);
    const unprepared = new Session(client, wire, config, blame, NO_FACTS);
    try {
      const settings = Object.entries(SETTINGS).map(
        ([name, value]) => `SET ${name} = ${quoteText(postgresDialect, value)}`,
      );
      // A list of styles is two values, not one text.
      const sql = [...settings, FACTS].join(';\n').replace("'ISO, YMD'", 'ISO, YMD');
      const results = await unprepared.run(sql, 'Preparing the session', signal);
      const facts = readFacts(results.at(-1)?.rows[0] ?? []);
      return new Session(client, wire, config, blame, facts);
    } catch (error) {
      unprepared.destroy();
      throw error;
    }
  }

  /** False when the next statement needs a new session. */
  get isUsable(): boolean {
    return !this.#isBroken && this.#wire.stream.writable;
  }

  /** One statement; every value comes as the server's text. */
  async query(
    sql: string,
    subject: string,
    signal: AbortSignal,
    values?: readonly (string | null)[],
  ): Promise<readonly TextRow[]> {
    const results = await this.run(sql, subject, signal, values);
    return results.at(-1)?.rows ?? [];
  }

  /** One statement for its effect; the number of rows it touched. */
  async execute(
    sql: string,
    subject: string,
    signal: AbortSignal,
    values?: readonly (string | null)[],
  ): Promise<number> {
    const results = await this.run(sql, subject, signal, values);
    return results.at(-1)?.rowCount ?? 0;
  }

  /** Several statements in one round trip. */
  async run(
    sql: string,
    subject: string,
    signal: AbortSignal,
    values?: readonly (string | null)[],
  ): Promise<readonly QueryArrayResult[]> {
    throwIfCancelled(signal);
    if (!this.isUsable) throw connectionLost(this.#blame, subject);
    using guard = this.guard(subject, signal);
    try {
      const answer = this.#client.query({
        text: sql,
        rowMode: 'array',
        ...(values === undefined ? {} : { values }),
      });
      const result = await guard.race(answer);
      return Array.isArray(result) ? result : [result];
    } catch (error) {
      throwIfCancelled(signal);
      throw toPipelineError(error, this.#blame, subject);
    }
  }

  /**
   * Bytes to the server and its answer to a receiver, past the driver, until `release`. The caller leaves the
   * session between two statements (after ReadyForQuery), or destroys it.
   */
  takeOver(receiver: ByteReceiver): Wire {
    this.#wire.attach(receiver);
    return this.#wire;
  }

  /** A guard that destroys the session when the signal fires or the server is silent for too long. */
  guard(subject: string, signal: AbortSignal): SilenceGuard {
    return new SilenceGuard({
      subject,
      blame: this.#blame,
      timeoutSeconds: this.#config.readTimeoutSeconds,
      signal,
      backendState: () => backendState(this.#config, this.facts.backend),
      terminate: () => terminateBackend(this.#config, this.facts.backend),
      stop: () => this.abandon(),
    });
  }

  /** Ends the session in the middle of a statement, which the server is asked to cancel. */
  abandon(): void {
    if (this.#isBroken) return;
    requestCancel(this.#config, this.#client);
    this.destroy();
  }

  destroy(): void {
    this.#isBroken = true;
    this.#wire.stream.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.isUsable) {
      this.destroy();
      return;
    }
    this.#isBroken = true;
    const timer = setTimeout(() => this.#wire.stream.destroy(), 1_000);
    await this.#client.end().catch(() => undefined);
    clearTimeout(timer);
  }
}

const NO_FACTS: ServerFacts = {
  version: '',
  versionNumber: 0,
  identity: '',
  isUtf8: true,
  logPosition: 'NULL',
  backend: { processId: '0', startedAt: '-infinity' },
};

const FACTS = `SELECT current_setting('server_version'), current_setting('server_version_num'), current_setting('server_encoding'),
  CASE WHEN has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE') THEN (SELECT system_identifier::text FROM pg_control_system()) END,
  (SELECT oid::text FROM pg_database WHERE datname = current_database()), current_database(),
  has_function_privilege('pg_catalog.pg_current_wal_lsn()', 'EXECUTE')::text,
  pg_backend_pid()::text, (SELECT backend_start::text FROM pg_stat_activity WHERE pid = pg_backend_pid())`;

function readFacts(row: TextRow): ServerFacts {
  const [
    version,
    versionNumber,
    encoding,
    system,
    databaseId,
    database,
    mayAskPosition,
    processId,
    startedAt,
  ] = row;
  return {
    version: version ?? '',
    versionNumber: Number(versionNumber),
    identity: `${system ?? `database ${database}`}/${databaseId}`,
    isUtf8: encoding === 'UTF8',
    logPosition:
      mayAskPosition === 'true'
        ? '(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END)::text'
        : 'NULL::text',
    backend: { processId: processId ?? '0', startedAt: startedAt ?? '-infinity' },
  };
}
