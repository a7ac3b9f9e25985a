import { PipelineError, type Destination, type PublishedTable } from '@millrace/connector-sdk';
import { formatTableName, type TableName } from '@millrace/spec';

import type { SqliteConfig } from './config.ts';
import { identify, openForReading, openForWriting, queryRows } from './database.ts';
import { digestTable, digestTableRows } from './digest.ts';
import { discoverTables } from './discover.ts';
import { toPipelineError } from './errors.ts';
import { publishTable } from './publish/publish-table.ts';
import { readPublication } from './publish/publications.ts';
import { tableExists } from './publish/table-shape.ts';
import { quote } from './quote.ts';

/** Opens a database file for publishing; makes it when it is missing. */
export function openSqliteDestination(config: SqliteConfig): Destination {
  const database = openForWriting(config);
  const fail = (error: unknown, doing: string): PipelineError =>
    toPipelineError(error, config.path, 'destination', doing);
  // Digests read in a transaction of their own, which must not meet one that publishes.
  const reader = openForReading(config);
  return {
    check: async () => {
      try {
        return identify(reader, config.path);
      } catch (error) {
        throw fail(error, 'Checking the database');
      }
    },
    async describe(tables) {
      try {
        return tables.map((table) => describeTable(reader, table));
      } catch (error) {
        throw fail(error, 'Describing tables');
      }
    },
    async publish(request, files, signal) {
      requireNoSchema(request.table);
      try {
        return await publishTable(database, request, files, signal);
      } catch (error) {
        throw fail(error, `Publishing ${request.table.name}`);
      }
    },
    async digest(request, signal) {
      try {
        return await digestTable(reader, request, signal);
      } catch (error) {
        throw fail(error, `Digesting ${request.table.name}`);
      }
    },
    async *digestRows(request, inBuckets, signal) {
      try {
        yield* digestTableRows(reader, request, inBuckets, signal);
      } catch (error) {
        throw fail(error, `Digesting ${request.table.name}`);
      }
    },
    async [Symbol.asyncDispose]() {
      if (reader.isOpen) reader.close();
      if (database.isOpen) database.close();
    },
  };
}

function describeTable(
  database: ReturnType<typeof openForReading>,
  table: TableName,
): PublishedTable | undefined {
  if (!tableExists(database, table.name)) return undefined;
  const publication = readPublication(database, table.name);
  if (publication === undefined) {
    const found = discoverTables(database, { include: [], exclude: [] }).find(
      (each) => each.table.name === table.name,
    );
    const fields = (found?.fields ?? []).map(({ name, type, nullable }) => ({ name, type, nullable }));
    return { table, fields, record: null, estimatedRows: found?.estimatedRows ?? null };
  }
  const rows = queryRows(
    database,
    `SELECT count(*) FROM (SELECT 1 FROM ${quote(table.name)} LIMIT 1000000)`,
  )[0]?.[0];
  return { table, fields: publication.fields, record: publication.record, estimatedRows: Number(rows ?? 0n) };
}

function requireNoSchema(table: TableName): void {
  if (table.schema === undefined) return;
  throw new PipelineError({
    code: 'configInvalid',
    blame: 'config',
    retry: 'never',
    message: `SQLite has no schemas: write the destination table ${formatTableName(table)} as ${table.name}.`,
  });
}
