import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { DuckDBInstance } from '@duckdb/node-api';
import {
  BatchDigest,
  type DelimitedFormat,
  type RejectedRow,
  type ReadResult,
  type Source,
  type StagedFile,
  type StagedReader,
} from '@millrace/connector-sdk';
import { type SharedServer, temporaryFolder, testServer } from '@millrace/connector-sdk/testing';
import type { SourceTable } from '@millrace/spec';
import { duckdbDialect, quoteText } from '@millrace/sql';

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
  cursor: { readonly column: string; readonly from: string | null; readonly lookback: bigint } | null = null,
  signal: AbortSignal = never,
): Promise<ReadRows> {
  const [found] = await source.discover({ include: [table], exclude: [] }, signal);
  if (found === undefined) throw new Error(`${table} was not discovered`);
  const { fields } = found;
  const digest = new BatchDigest({ fields, key: fields.map(({ name }) => name), buckets: 1 });
  const rows: (string | null)[][] = [];
  const rejected: RejectedRow[] = [];
  const reading = source.read({ table: found, fields, cursor, position: null, scratchFolder: '' }, signal);
  for (;;) {
    const step = await reading.next();
    if (step.done === true) return { table: found, rows, rejected, result: step.value };
    if (step.value.kind !== 'batch') throw new Error('a batch was expected');
    const { columns } = step.value;
    rejected.push(...step.value.rejected);
    let row = 0;
    for (const { key } of digest.rows(step.value, new Set([0]))) {
      const at = row++;
      const isNull = (index: number): boolean => {
        const validity = columns[index]?.validity;
        return validity != null && ((new Uint8Array(validity)[at >> 3] ?? 0) & (1 << (at & 7))) === 0;
      };
      rows.push(key.map((text, index) => (isNull(index) ? null : text)));
    }
  }
}

/** Writes Parquet files and offers them the way the engine does. */
export interface TestStage extends AsyncDisposable {
  readonly reader: StagedReader;
  file(selectSql: string): Promise<StagedFile>;
}

export async function testStage(): Promise<TestStage> {
  const folder = temporaryFolder('mysql-stage');
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  let count = 0;
  const path = (kind: string): string => join(folder.path, `${count++}.${kind}`);
  const text = (value: string): string => quoteText(duckdbDialect, value);
  return {
    async file(selectSql) {
      const to = path('parquet');
      await connection.run(`COPY (${selectSql}) TO ${text(to)} (FORMAT parquet)`);
      const counted = await connection.runAndReadAll(`SELECT count(*) FROM read_parquet(${text(to)})`);
      return {
        path: to,
        rows: Number(counted.getRows()[0]?.[0]),
        sizeBytes: (await stat(to)).size,
        sha256: '',
      };
    },
    reader: {
      async *delimited(file: StagedFile, select: readonly string[], format: DelimitedFormat) {
        const to = path('csv');
        await connection.run(
          `COPY (SELECT ${select.map((expression, index) => `${expression} AS c${index}`).join(', ')} FROM read_parquet(${text(file.path)})) TO ${text(to)}
            (FORMAT csv, HEADER false, FORCE_QUOTE *, DELIMITER ${text(format.delimiter)}, QUOTE ${text(format.quote)}, ESCAPE ${text(format.escape)}, NULLSTR ${text(format.nullText)})`,
        );
        yield* createReadStream(to, { highWaterMark: 64 * 1024 });
        await rm(to);
      },
      async *values(file, select) {
        const columns = select.map(
          (expression, index) =>
            `encode(CAST(${expression} AS VARCHAR)) AS c${index}, typeof(${expression}) = 'BLOB' AS b${index}, ${expression} AS r${index}`,
        );
        const result = await connection.runAndReadAll(
          `SELECT ${columns.join(', ')} FROM read_parquet(${text(file.path)})`,
        );
        yield result.getRows().map((row) =>
          select.map((_, index) => {
            const [encoded, isBytes, raw] = row.slice(index * 3, index * 3 + 3);
            const blob = isBytes === true ? raw : encoded;
            if (blob === null || blob === undefined) return null;
            if (typeof blob !== 'object' || !('bytes' in blob) || !(blob.bytes instanceof Uint8Array))
              throw new Error('bytes were expected');
            return isBytes === true ? blob.bytes : Buffer.from(blob.bytes).toString('utf8');
          }),
        );
      },
    },
    async [Symbol.asyncDispose]() {
      connection.closeSync();
      instance.closeSync();
      folder.remove();
    },
  };
}
