import { StatementType, type DuckDBInstance, type DuckDBPreparedStatement } from '@duckdb/node-api';
import type { QueryRequest, QueryResult } from '@millrace/connector-sdk';

import type { DuckdbConfig } from '../config.ts';
import { Catalog } from '../warehouse/catalog.ts';
import { decodeText } from '../warehouse/exact-text.ts';
import { text } from '../warehouse/names.ts';
import { lockInstance } from '../warehouse/lock-instance.ts';
import { openWarehouse, withPrivateInstance } from '../warehouse/open-warehouse.ts';
import { Session } from '../warehouse/session.ts';
import { filesRootOf, isMoved, type Warehouse } from '../warehouse/warehouse.ts';
import { checkStatement } from './check-statement.ts';
import { queryFailure, toQueryFailure } from './query-failure.ts';

/**
 * Answers a statement in an instance of its own that can do nothing but read the file and the Parquet files of its views:
 * opened read-only, no other file, no network, no extension, and no setting can be changed.
 */
export async function queryWarehouse(
  config: DuckdbConfig,
  request: QueryRequest,
  signal: AbortSignal,
): Promise<QueryResult> {
  const answer = await withPrivateInstance(
    config,
    (instance, path) => queryLocked(instance, path, request, signal),
    signal,
  );
  if (answer !== 'moved') return answer;
  // Opening the file for writing makes its views again.
  using lease = await openWarehouse(config, { blame: 'destination', isCreated: false }, signal);
  lease[Symbol.dispose]();
  const again = await withPrivateInstance(
    config,
    (instance, path) => queryLocked(instance, path, request, signal),
    signal,
  );
  if (again !== 'moved') return again;
  throw queryFailure(
    `The folder of ${config.path} has moved, and its views cannot be made again because the file is read-only here.`,
  );
}

async function queryLocked(
  instance: DuckDBInstance,
  path: string,
  request: QueryRequest,
  signal: AbortSignal,
): Promise<QueryResult | 'moved'> {
  using session = await Session.open(instance, 'destination', signal);
  const filesRoot = filesRootOf(path);
  if (isMoved(await Catalog.read(session, signal), filesRoot)) return 'moved';
  await lockInstance(session, filesRoot, signal);
  return await answerOrSay(session, request, signal);
}

/**
 * Answers a statement in the locked instance that also publishes, in a transaction that only reads. What could change the
 * instance for others is refused besides: see `checkStatement`.
 */
export async function queryShared(
  warehouse: Warehouse,
  request: QueryRequest,
  signal: AbortSignal,
): Promise<QueryResult> {
  using session = await warehouse.session('destination', signal);
  await session.run('BEGIN TRANSACTION READ ONLY', signal);
  const tables = request.tables ?? warehouse.catalog.publications.map(({ table }) => table);
  const checked = await checkStatement(session, request.sql, tables, signal);
  const answer = await answerOrSay(session, { ...request, sql: checked.sql }, signal);
  return { ...answer, tables: checked.tables };
}

async function answerOrSay(
  session: Session,
  request: QueryRequest,
  signal: AbortSignal,
): Promise<QueryResult> {
  try {
    return await answer(session, request, signal);
  } catch (error) {
    throw toQueryFailure(error);
  }
}

async function answer(session: Session, request: QueryRequest, signal: AbortSignal): Promise<QueryResult> {
  const { connection } = session;
  const statements = await session.cancellable(signal, () => connection.extractStatements(request.sql));
  if (statements.count !== 1)
    throw queryFailure(`One statement was expected, and there are ${statements.count}.`);
  const statement = await session.cancellable(signal, () => statements.prepare(0));
  try {
    const columns = describeColumns(statement);
    const sql =
      statement.statementType === StatementType.EXPLAIN
        ? request.sql
        : `${asTexts(request.sql, columns.length)} LIMIT ${request.maxRows + 1}`;
    const result = await session.cancellable(signal, () => connection.stream(sql));
    const rows: (string | null)[][] = [];
    const maxBytes = request.maxBytes ?? Infinity;
    let sizeBytes = 0;
    for (;;) {
      const chunk = await session.cancellable(signal, () => result.fetchChunk());
      if (chunk === null || chunk.rowCount === 0) return { columns, rows, isTruncated: false };
      for (const row of chunk.getRows()) {
        if (rows.length === request.maxRows) return { columns, rows, isTruncated: true };
        const texts = row.map(decodeText);
        sizeBytes += texts.reduce((sum, value) => sum + (value?.length ?? 0), 0);
        if (sizeBytes > maxBytes && rows.length > 0) return { columns, rows, isTruncated: true };
        rows.push(texts);
      }
    }
  } finally {
    statement.destroySync();
  }
}

/** What DuckDB itself takes the statement for; its text is not looked at. */
export function describeColumns(statement: DuckDBPreparedStatement): QueryResult['columns'] {
  if (statement.statementType !== StatementType.SELECT && statement.statementType !== StatementType.EXPLAIN) {
    throw queryFailure(
      'Only statements that read are answered: SELECT, FROM, WITH, DESCRIBE, SUMMARIZE, SHOW and EXPLAIN.',
    );
  }
  if (statement.parameterCount > 0)
    throw queryFailure('The statement has parameters; write their values into it.');
  return Array.from({ length: statement.columnCount }, (_, index) => ({
    name: statement.columnName(index),
    type: statement.columnType(index).alias ?? statement.columnType(index).toString(),
  }));
}

/** The statement with every value as the bytes of its text; see `decodeText`. */
export function asTexts(sql: string, columnCount: number): string {
  const names = Array.from({ length: columnCount }, (_, index) => `c${index}`);
  const values = names.map((name) => `encode(CAST(${name} AS VARCHAR))`);
  return `SELECT ${values.join(', ')} FROM query(${text(sql)}) AS answer(${names.join(', ')})`;
}
