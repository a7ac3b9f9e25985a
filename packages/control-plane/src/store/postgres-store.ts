import { PipelineError } from '@millrace/connector-sdk';
import { PostgresDialect, sql } from 'kysely';
import { Pool, types } from 'pg';

import type { StoreDialect } from './store-dialect.ts';

/** One process asks at most so many things at once; a worker's statements take milliseconds. */
const MAX_CONNECTIONS = 10;
const CONNECT_MS = 10_000;
/** Of a process that vanished with its machine, the server ends the transaction in a minute, and the connection in two. */
const FORGET_THE_VANISHED = `set idle_in_transaction_session_timeout = '60s';
set tcp_keepalives_idle = 60; set tcp_keepalives_interval = 10; set tcp_keepalives_count = 6`;
const INT8 = 20;
const NUMERIC = 1700;

/** The store in a database of a PostgreSQL server, which several machines can share. */
export async function postgresStore(url: string): Promise<StoreDialect> {
  const title = titleOf(url);
  const pool = new Pool({
    connectionString: url,
    max: MAX_CONNECTIONS,
    application_name: 'millrace',
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 15_000,
    onConnect: async (client) => {
      await client.query(FORGET_THE_VANISHED);
    },
    // Times and sequences stay far below 2^53, and SQLite gives numbers, too.
    types: {
      getTypeParser: (oid, format) =>
        oid === INT8 || oid === NUMERIC ? Number : types.getTypeParser(oid, format),
    },
  });
  // An idle connection that the server ends is replaced by the next statement's.
  pool.on('error', () => undefined);
  const connect = pool.connect.bind(pool);
  pool.connect = async () => {
    try {
      return await connect();
    } catch (error) {
      throw unreachable(title, error);
    }
  };
  return {
    name: 'postgres',
    title,
    kysely: new PostgresDialect({ pool }),
    prepare: async (db) => {
      await sql`select pg_advisory_xact_lock(hashtext('millrace store'))`.execute(db);
      await sql`create table if not exists store_version (applied integer not null)`.execute(db);
      await sql`
        create or replace function store_now() returns bigint language sql volatile
        as $$ select (extract(epoch from clock_timestamp()) * 1000)::bigint $$`.execute(db);
      await sql`
        create or replace function store_line() returns void language sql volatile
        as $$ select pg_advisory_xact_lock(hashtext('millrace events')) $$`.execute(db);
    },
    readVersion: async (db) => {
      const { rows: tables } = await sql<{ found: string | null }>`
        select to_regclass('store_version')::text as found`.execute(db);
      if (tables[0]?.found === null) return 0;
      const { rows } = await sql<{ applied: number }>`select applied from store_version`.execute(db);
      return rows[0]?.applied ?? 0;
    },
    writeVersion: async (db, applied) => {
      await sql`delete from store_version`.execute(db);
      await sql`insert into store_version (applied) values (${applied})`.execute(db);
    },
  };
}

function titleOf(url: string): string {
  try {
    const { host, pathname } = new URL(url);
    return `postgres://${host}${pathname}`;
  } catch (error) {
    throw new PipelineError({
      code: 'configInvalid',
      blame: 'config',
      retry: 'never',
      message:
        'MILLRACE_STORE is no URL. Write it as postgres://user:password@host:5432/database, with reserved characters of the password percent-encoded.',
      cause: error,
    });
  }
}

function unreachable(title: string, error: unknown): PipelineError {
  const reason = error instanceof Error ? error.message : String(error);
  return new PipelineError({
    code: 'connectionRefused',
    blame: 'platform',
    retry: 'backoff',
    message: `The project's state, ${title}, cannot be reached: ${reason}. Check MILLRACE_STORE, and that the server is there.`,
    cause: error,
  });
}
