import type { DatabaseSync } from 'node:sqlite';

import {
  PipelineError,
  throwIfCancelled,
  type CursorEvidence,
  type ReadRequest,
  type Source,
} from '@millrace/connector-sdk';
import type { SourceTable } from '@millrace/spec';

import type { SqliteConfig } from './config.ts';
import { identify, openForReading, queryRows } from './database.ts';
import { digestTable, digestTableRows } from './digest.ts';
import { discoverTables } from './discover.ts';
import { toPipelineError } from './errors.ts';
import { quote } from './quote.ts';
import { readStatement, readTable } from './read.ts';

const INSPECTED_ROWS = 20_000;

/** Opens an existing database file for reading. */
export function openSqliteSource(config: SqliteConfig): Source {
  const database = openForReading(config);
  const guard = <T>(doing: string, signal: AbortSignal, work: () => T): T => {
    throwIfCancelled(signal);
    try {
      return work();
    } catch (error) {
      throw toPipelineError(error, config.path, 'source', doing);
    }
  };
  return {
    check: async (signal) => guard('Checking the database', signal, () => identify(database, config.path)),
    discover: async (request, signal) =>
      guard('Discovering tables', signal, () => discoverTables(database, request)),
    async *read(request, signal) {
      throwIfCancelled(signal);
      const { table, fields, cursor, maxRows } = request;
      const conditions = matchConditions(request);
      try {
        requireTable(database, table);
        return yield* readTable(
          database,
          { table: table.table, fields, cursor, maxRows, conditions },
          signal,
        );
      } catch (error) {
        throw toPipelineError(error, config.path, 'source', `Reading ${table.table.name}`);
      }
    },
    describeRead: async (request) => {
      const { table, fields, cursor, maxRows } = request;
      return readStatement({
        table: table.table,
        fields,
        cursor,
        maxRows,
        conditions: matchConditions(request),
      }).text;
    },
    inspectCursor: async (table, column, signal) =>
      guard(`Inspecting ${table.table.name}.${column}`, signal, () => inspectCursor(database, table, column)),
    async digest(request, signal) {
      try {
        return await digestTable(database, request, signal);
      } catch (error) {
        throw toPipelineError(error, config.path, 'source', `Digesting ${request.table.name}`);
      }
    },
    async *digestRows(request, inBuckets, signal) {
      try {
        yield* digestTableRows(database, request, inBuckets, signal);
      } catch (error) {
        throw toPipelineError(error, config.path, 'source', `Digesting ${request.table.name}`);
      }
    },
    async [Symbol.asyncDispose]() {
      if (database.isOpen) database.close();
    },
  };
}

function requireTable(database: DatabaseSync, table: SourceTable): void {
  const columns = queryRows(database, "SELECT name FROM pragma_table_xinfo(?, 'main')", table.table.name);
  if (columns.length > 0) return;
  throw new PipelineError({
    code: 'tableMissing',
    blame: 'source',
    retry: 'never',
    message: `Table ${table.table.name} is no longer in the database. Plan again, or restore the table.`,
  });
}

function inspectCursor(database: DatabaseSync, table: SourceTable, column: string): CursorEvidence {
  const name = quote(column);
  const from = quote(table.table.name);
  const isIndexed = table.indexedColumns.includes(column);
  if (isIndexed) {
    const nullCount = Number(
      queryRows(database, `SELECT count(*) FROM ${from} WHERE ${name} IS NULL`)[0]?.[0] ?? 0n,
    );
    return {
      nullCount,
      sampledRows: table.estimatedRows ?? nullCount,
      isIndexed,
      estimatedRows: table.estimatedRows,
    };
  }
  const [row] = queryRows(
    database,
    `SELECT count(*), count(*) - count(v) FROM (SELECT ${name} AS v FROM ${from} LIMIT ${INSPECTED_ROWS})`,
  );
  return {
    nullCount: Number(row?.[1] ?? 0n),
    sampledRows: Number(row?.[0] ?? 0n),
    isIndexed,
    estimatedRows: table.estimatedRows,
  };
}

function matchConditions({ table, matching }: ReadRequest): readonly string[] {
  if (matching === undefined) return [];
  const field = table.fields.find(({ name }) => name === matching.column);
  if (field === undefined || matching.values.length === 0) return ['false'];
  const isNumber = field.type.kind === 'integer' || field.type.kind === 'decimal';
  const literals = matching.values.map((value) => {
    const text = `'${value.replaceAll("'", "''")}'`;
    return isNumber ? `CAST(${text} AS NUMERIC)` : text;
  });
  return [`${quote(field.name)} IN (${literals.join(', ')})`];
}
