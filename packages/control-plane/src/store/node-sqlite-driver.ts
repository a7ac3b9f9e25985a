import { DatabaseSync } from 'node:sqlite';
import type { SQLInputValue, StatementSync } from 'node:sqlite';

import { CompiledQuery, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely';
import type { DatabaseConnection, Dialect, Driver, QueryResult } from 'kysely';

import { toStoreError } from './store-error.ts';

/** A server asks some hundred different questions; lists of values make more. */
const KEPT_STATEMENTS = 500;

/**
 * Kysely over node:sqlite. One connection, lent to one caller at a time: a transaction spans several awaits, and
 * statements of another caller must not slip into it. Transactions begin IMMEDIATE, so that a reader that turns
 * writer waits for its turn instead of failing with SQLITE_BUSY_SNAPSHOT.
 */
export function nodeSqliteDialect(path: string): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new NodeSqliteDriver(path),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

class NodeSqliteDriver implements Driver {
  readonly #path: string;
  readonly #statements: PreparedStatements = new Map();
  #database: DatabaseSync | undefined;
  #lent: Promise<void> = Promise.resolve();
  #giveBack: () => void = () => undefined;

  constructor(path: string) {
    this.#path = path;
  }

  async init(): Promise<void> {
    try {
      this.#database = new DatabaseSync(this.#path, { timeout: 10_000 });
      this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON');
      // What PostgreSQL has as functions of its own; here one connection writes at a time, so lines form by themselves.
      this.#database.function('store_now', () => Date.now());
      this.#database.function('store_line', () => 1);
    } catch (error) {
      throw toStoreError(this.#path, error);
    }
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    const previous = this.#lent;
    let giveBack: () => void = () => undefined;
    this.#lent = new Promise((resolve) => (giveBack = resolve));
    await previous;
    this.#giveBack = giveBack;
    if (!this.#database) throw new Error('The store is closed.');
    return new NodeSqliteConnection(this.#database, this.#path, this.#statements);
  }

  async releaseConnection(): Promise<void> {
    this.#giveBack();
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'));
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('rollback'));
  }

  async destroy(): Promise<void> {
    this.#statements.clear();
    this.#database?.close();
    this.#database = undefined;
  }
}

interface PreparedStatement {
  readonly statement: StatementSync;
  readonly hasRows: boolean;
}

/** By their SQL, in the order of their first use; to prepare one costs more than most take to run. */
type PreparedStatements = Map<string, PreparedStatement>;

class NodeSqliteConnection implements DatabaseConnection {
  readonly #database: DatabaseSync;
  readonly #path: string;
  readonly #statements: PreparedStatements;

  constructor(database: DatabaseSync, path: string, statements: PreparedStatements) {
    this.#database = database;
    this.#path = path;
    this.#statements = statements;
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    try {
      const { statement, hasRows } = this.#prepared(query.sql);
      const parameters = query.parameters as SQLInputValue[];
      if (hasRows) return { rows: statement.all(...parameters) as Row[] };
      return { rows: [], numAffectedRows: BigInt(statement.run(...parameters).changes) };
    } catch (error) {
      throw toStoreError(this.#path, error);
    }
  }

  #prepared(sql: string): PreparedStatement {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = this.#database.prepare(sql);
    const prepared = { statement, hasRows: statement.columns().length > 0 };
    const [oldest] = this.#statements.keys();
    if (this.#statements.size >= KEPT_STATEMENTS && oldest !== undefined) this.#statements.delete(oldest);
    this.#statements.set(sql, prepared);
    return prepared;
  }

  async *streamQuery<Row>(query: CompiledQuery): AsyncGenerator<QueryResult<Row>> {
    for (const row of this.#database.prepare(query.sql).iterate(...(query.parameters as SQLInputValue[]))) {
      yield { rows: [row as Row] };
    }
  }
}
