import { randomBytes } from 'node:crypto';

import {
  canonicalRows,
  type CursorRange,
  type ReadResult,
  type RejectedRow,
  type Source,
} from '@millrace/connector-sdk';
import { type SharedServer, testServer } from '@millrace/connector-sdk/testing';
import type { SourceTable } from '@millrace/spec';

import { type MysqlConfig, mysqlConfig } from '../config.ts';
import { MysqlSession } from '../session.ts';

/** Both products, for `describe.each`; each is skipped where this machine cannot have it. */
export const products = ['mariadb', 'mysql'] as const;

export const never: AbortSignal = new AbortController().signal;

/** A shared server with a database of the test's own. */
export interface TestDatabase extends AsyncDisposable {
  readonly server: SharedServer;
  readonly name: string;
  readonly config: MysqlConfig;
  configWith(changes: Readonly<Record<string, unknown>>): MysqlConfig;
  execute(...statements: readonly string[]): Promise<void>;
  /** The same by a user who may do everything. */
  administer(...statements: readonly string[]): Promise<void>;
  query(sql: string): Promise<readonly (readonly (string | null)[])[]>;
}

/** A new database on the shared server; undefined when this machine cannot have the server. */
export async function testDatabase(product: (typeof products)[number]): Promise<TestDatabase | undefined> {
  const server = await testServer(product);
  if (server === undefined) return undefined;
  const name = `millrace_t${randomBytes(5).toString('hex')}`;
  const admin = mysqlConfig.parse({ ...server.connection, database: undefined });
  const session = await MysqlSession.open(admin, 'destination', never);
  await session.connection.execute(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
  await session.connection.execute(`USE ${name}`);
  const configWith = (changes: Readonly<Record<string, unknown>>): MysqlConfig =>
    mysqlConfig.parse({ ...server.connection, database: name, ...changes });
  return {
    server,
    name,
    config: configWith({}),
    configWith,
    async execute(...statements) {
      for (const statement of statements) await session.connection.execute(statement);
    },
    async administer(...statements) {
      const privileged = mysqlConfig.parse({ ...server.adminConnection, database: undefined });
      await using other = await MysqlSession.open(privileged, 'destination', never);
      for (const statement of statements) await other.connection.execute(statement);
    },
    query: (sql) => session.connection.query(sql),
    async [Symbol.asyncDispose]() {
      await session.connection.execute(`DROP DATABASE IF EXISTS ${name}`);
      await session[Symbol.asyncDispose]();
    },
  };
}

export interface ReadRows {
  readonly table: SourceTable;
  /** Canonical texts; null is NULL. */
  readonly rows: readonly (readonly (string | null)[])[];
  readonly rejected: readonly RejectedRow[];
  readonly result: ReadResult;
}

/** Reads a table whole, as canonical texts. */
export async function readAll(
  source: Source,
  table: string,
  cursor: CursorRange | null = null,
  signal: AbortSignal = never,
): Promise<ReadRows> {
  const [found] = await source.discover({ include: [table], exclude: [] }, signal);
  if (found === undefined) throw new Error(`${table} was not discovered`);
  const { fields } = found;
  const types = fields.map(({ type }) => type);
  const rows: (readonly (string | null)[])[] = [];
  const rejected: RejectedRow[] = [];
  const reading = source.read({ table: found, fields, cursor, position: null, scratchFolder: '' }, signal);
  for (;;) {
    const step = await reading.next();
    if (step.done === true) return { table: found, rows, rejected, result: step.value };
    if (step.value.kind !== 'batch') throw new Error('a batch was expected');
    rows.push(...canonicalRows(step.value, types));
    rejected.push(...step.value.rejected);
  }
}
