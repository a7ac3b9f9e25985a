import { StatementType, type DuckDBInstance, type DuckDBPreparedStatement } from '@duckdb/node-api';
import { PipelineError, type QueryRequest, type QueryResult } from '@millrace/connector-sdk';

import type { DuckdbConfig } from '../config.ts';
import { Catalog } from '../warehouse/catalog.ts';
import { decodeText } from '../warehouse/exact-text.ts';
import { text } from '../warehouse/names.ts';
import { openWarehouse, withPrivateInstance } from '../warehouse/open-warehouse.ts';
import { Session } from '../warehouse/session.ts';
import { filesRootOf, isMoved } from '../warehouse/warehouse.ts';

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
  throw failure(
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
  // In this order: each needs what the ones before left open.
  await session.run(`SET allowed_directories = [${text(`${filesRoot}/`)}]`, signal);
  await session.run('SET enable_external_access = false; SET lock_configuration = true', signal);
  try {
    return await answer(session, request, signal);
  } catch (error) {
    if (error instanceof PipelineError && (PASSED_ON.has(error.code) || error.blame === 'config'))
      throw error;
    throw failure(error instanceof Error ? error.message : String(error), error);
  }
}

const PASSED_ON: ReadonlySet<string> = new Set(['cancelled', 'outOfMemory', 'diskFull']);

async function answer(session: Session, request: QueryRequest, signal: AbortSignal): Promise<QueryResult> {
  const { connection } = session;
  const statements = await session.cancellable(signal, () => connection.extractStatements(request.sql));
  if (statements.count !== 1) throw failure(`One statement was expected, and there are ${statements.count}.`);
  const statement = await session.cancellable(signal, () => statements.prepare(0));
  try {
    const columns = describe(statement);
    const sql =
      statement.statementType === StatementType.EXPLAIN ? request.sql : asText(request, columns.length);
    const result = await session.cancellable(signal, () => connection.stream(sql));
    const rows: (string | null)[][] = [];
    for (;;) {
      const chunk = await session.cancellable(signal, () => result.fetchChunk());
      if (chunk === null || chunk.rowCount === 0) return { columns, rows, isTruncated: false };
      for (const row of chunk.getRows()) {
        if (rows.length === request.maxRows) return { columns, rows, isTruncated: true };
        rows.push(row.map(decodeText));
      }
    }
  } finally {
    statement.destroySync();
  }
}

/** What DuckDB itself takes the statement for; its text is not looked at. */
function describe(statement: DuckDBPreparedStatement): QueryResult['columns'] {
  if (statement.statementType !== StatementType.SELECT && statement.statementType !== StatementType.EXPLAIN) {
    throw failure(
      'Only statements that read are answered: SELECT, FROM, WITH, DESCRIBE, SUMMARIZE, SHOW and EXPLAIN.',
    );
  }
  if (statement.parameterCount > 0)
    throw failure('The statement has parameters; write their values into it.');
  return Array.from({ length: statement.columnCount }, (_, index) => ({
    name: statement.columnName(index),
    type: statement.columnType(index).alias ?? statement.columnType(index).toString(),
  }));
}

/** The statement with every value as the bytes of its text. */
function asText(request: QueryRequest, columnCount: number): string {
  const names = Array.from({ length: columnCount }, (_, index) => `c${index}`);
  const values = names.map((name) => `encode(CAST(${name} AS VARCHAR))`);
  return `SELECT ${values.join(', ')} FROM query(${text(request.sql)}) AS answer(${names.join(', ')}) LIMIT ${request.maxRows + 1}`;
}

function failure(reason: string, cause?: unknown): PipelineError {
  return new PipelineError({ code: 'queryFailed', blame: 'config', retry: 'never', message: reason, cause });
}
