import { realpathSync, statSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite';

import { PipelineError, type Blame, type ServerIdentity } from '@millrace/connector-sdk';

import type { SqliteConfig } from './config.ts';
import { toPipelineError } from './errors.ts';

/** A row as SQLite returned it: integers are bigints, reals are numbers. */
export type SqliteRow = readonly SQLOutputValue[];

/** Opens an existing database for reading only. A missing file is never made. */
export function openForReading(config: SqliteConfig): DatabaseSync {
  requireFile(config.path);
  return open(config, { readOnly: true }, 'source');
}

/** Opens a database for writing, in WAL mode so that readers go on while a table is published; makes it when missing. */
export function openForWriting(config: SqliteConfig): DatabaseSync {
  const database = open(config, { readOnly: false }, 'destination');
  try {
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF;');
    return database;
  } catch (error) {
    database.close();
    throw toPipelineError(error, config.path, 'destination', 'Opening the database');
  }
}

function open(config: SqliteConfig, mode: { readonly readOnly: boolean }, blame: Blame): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(config.path, {
      ...mode,
      timeout: config.busyTimeoutSeconds * 1000,
      readBigInts: true,
      returnArrays: true,
      enableDoubleQuotedStringLiterals: false,
    });
    // A hostile schema must not call functions with side effects from views or generated columns.
    database.exec('PRAGMA trusted_schema = OFF;');
    database.prepare('SELECT count(*) FROM sqlite_schema').get();
    return database;
  } catch (error) {
    database?.close();
    throw toPipelineError(error, config.path, blame, 'Opening the database');
  }
}

function requireFile(path: string): void {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isFile()) return;
  throw new PipelineError({
    code: 'connectionRefused',
    blame: 'config',
    retry: 'never',
    message:
      stats === undefined
        ? `The SQLite database ${path} does not exist. Check the connection's path; a source is never created.`
        : `${path} is not a file. Set the connection's path to an SQLite database file.`,
  });
}

/** Rows of a query in array mode. */
export function queryRows(database: DatabaseSync, sql: string, ...parameters: SQLInputValue[]): SqliteRow[] {
  return rowsOf(database.prepare(sql).all(...parameters));
}

/** One row at a time; memory does not grow with the result. */
export function iterateRows(statement: StatementSync, ...parameters: SQLInputValue[]): Iterator<SqliteRow> {
  return rowsOf(statement.iterate(...parameters));
}

/** The typings of node:sqlite do not know `returnArrays`, which `open` sets for every statement. */
function rowsOf(rows: Record<string, SQLOutputValue>[]): SqliteRow[];
function rowsOf(rows: Iterator<Record<string, SQLOutputValue>>): Iterator<SqliteRow>;
function rowsOf(rows: unknown): unknown {
  return rows;
}

/** Path and inode tell a replaced file; the application id tells what kind of file it is. */
export function identify(database: DatabaseSync, path: string): ServerIdentity {
  const real = realpathSync(path);
  const stats = statSync(real, { bigint: true });
  const version = queryRows(database, 'SELECT sqlite_version()')[0]?.[0];
  const applicationId = queryRows(database, 'PRAGMA application_id')[0]?.[0];
  return {
    product: 'SQLite',
    version: String(version),
    identity: `sqlite:${real}#${stats.dev}:${stats.ino}:${String(applicationId)}`,
  };
}
