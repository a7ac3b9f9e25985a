import { mkdir } from 'node:fs/promises';

import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { duckdbDialect, quoteText } from '@millrace/sql';

import { BatchScans } from './batch-scan.ts';
import { toStagingError } from './staging-error.ts';

/** A value of a staging query's result. */
export type StagingValue = string | number | boolean | null | readonly (string | null)[];

export interface StagingDatabaseOptions {
  readonly memoryBytes: number;
  readonly threads: number;
  /** Where DuckDB spills; removed with the attempt. */
  readonly scratchFolder: string;
}

/**
 * The run's own DuckDB: in memory, without a file, used by the thread that opened it and closed with the run.
 * Staged data passes through it; nothing published lives in it.
 */
export class StagingDatabase {
  readonly #instance: DuckDBInstance;
  /** Batches in memory as tables. */
  readonly scans = new BatchScans();
  readonly #free: DuckDBConnection[] = [];
  #nextName = 0;

  private constructor(instance: DuckDBInstance) {
    this.#instance = instance;
  }

  static async open(options: StagingDatabaseOptions): Promise<StagingDatabase> {
    await mkdir(options.scratchFolder, { recursive: true });
    const instance = await DuckDBInstance.create(':memory:', {
      memory_limit: `${Math.max(64, Math.floor(options.memoryBytes / 2 ** 20))}MiB`,
      threads: String(options.threads),
      temp_directory: options.scratchFolder,
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    });
    const database = new StagingDatabase(instance);
    await database.withConnection(async (connection) => {
      await connection.run("SET GLOBAL TimeZone = 'UTC'");
      database.scans.register(connection);
    });
    return database;
  }

  /** A table name that no one else in the run uses. */
  uniqueName(prefix: string): string {
    this.#nextName += 1;
    return `${prefix}_${this.#nextName}`;
  }

  /** Runs `work` with a connection of its own; statements of one connection run one after the other. */
  async withConnection<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const connection = this.#free.pop() ?? (await this.#instance.connect());
    try {
      return await work(connection);
    } catch (error) {
      throw toStagingError(error);
    } finally {
      this.#free.push(connection);
    }
  }

  /** A connection that the caller closes; for results that are streamed. */
  connect(): Promise<DuckDBConnection> {
    return this.#instance.connect();
  }

  async execute(sql: string): Promise<void> {
    await this.withConnection((connection) => connection.run(sql));
  }

  /** Rows as objects. 64-bit integers and decimals are text, as in DuckDB's JSON form; statements here select no structs. */
  async query(sql: string): Promise<Record<string, StagingValue>[]> {
    return this.withConnection(async (connection) => {
      const rows = (await connection.runAndReadAll(sql)).getRowObjectsJson();
      return rows as Record<string, StagingValue>[];
    });
  }

  /** `read_parquet([...])` over exactly these files. */
  static parquetOf(paths: readonly string[]): string {
    return `read_parquet([${paths.map((path) => quoteText(duckdbDialect, path)).join(', ')}])`;
  }

  close(): void {
    for (const connection of this.#free) connection.closeSync();
    this.#free.length = 0;
    this.#instance.closeSync();
  }
}

export function openStagingDatabase(options: StagingDatabaseOptions): Promise<StagingDatabase> {
  return StagingDatabase.open(options);
}
