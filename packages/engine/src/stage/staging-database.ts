import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import type { DuckDBConnection } from '@duckdb/node-api';
import { duckdbDialect, quoteText } from '@millrace/sql';

import { createSlots, type Slots } from '../run/slots.ts';
import { BatchScans } from './batch-scan.ts';
import { ConnectionPool } from './connection-pool.ts';
import { MeteredConnections } from './metered-connections.ts';
import { toStagingError } from './staging-error.ts';
import type { UsageMeter } from './usage-meter.ts';

/** A value of a staging query's result. */
export type StagingValue = string | number | boolean | null | readonly (string | null)[];

/** Runs one statement and gives its rows. */
export type RunStatement = (sql: string) => Promise<Record<string, StagingValue>[]>;

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
  readonly #queries: ConnectionPool;
  readonly #options: StagingDatabaseOptions;
  readonly #metered: MeteredConnections;
  readonly #computing: Slots;
  /** Batches in memory as tables; many of them are read by `queryScan`. */
  readonly scans = new BatchScans();
  #scanning: Promise<ConnectionPool> | undefined;
  #scanningPool: ConnectionPool | undefined;
  #isClosed = false;
  #nextName = 0;

  private constructor(queries: ConnectionPool, options: StagingDatabaseOptions) {
    this.#queries = queries;
    this.#options = options;
    this.#metered = new MeteredConnections(() => queries.connect(), options.scratchFolder);
    this.#computing = createSlots(options.threads);
  }

  static async open(options: StagingDatabaseOptions): Promise<StagingDatabase> {
    await mkdir(options.scratchFolder, { recursive: true });
    const queries = await openPool(options, options.threads, options.scratchFolder);
    const database = new StagingDatabase(queries, options);
    await queries.use(async (connection) => database.scans.register(connection));
    return database;
  }

  /** A table name that no one else in the run uses. */
  uniqueName(prefix: string): string {
    this.#nextName += 1;
    return `${prefix}_${this.#nextName}`;
  }

  /** Runs `work` with a connection of its own; statements of one connection run one after the other. */
  async withConnection<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    try {
      return await this.#queries.use(work);
    } catch (error) {
      throw toStagingError(error);
    }
  }

  /** A connection that the caller closes; for results that are streamed. */
  connect(): Promise<DuckDBConnection> {
    return this.#queries.connect();
  }

  async execute(sql: string, meter?: UsageMeter): Promise<void> {
    await this.#run((connection) => connection.run(sql), meter);
  }

  /** Rows as objects. 64-bit integers and decimals are text, as in DuckDB's JSON form; statements here select no structs. */
  async query(sql: string, meter?: UsageMeter): Promise<Record<string, StagingValue>[]> {
    return this.#run((connection) => readRows(connection, sql), meter);
  }

  /**
   * The same for a statement that works through many rows: as many of them at a time as there are threads. On two cores four at a time took a
   * tenth more CPU time than two, and longer. Throws when the signal fires before its turn.
   */
  async compute(
    sql: string,
    meter: UsageMeter,
    signal: AbortSignal,
  ): Promise<Record<string, StagingValue>[]> {
    const leave = await this.#computing.take(signal);
    try {
      return await this.query(sql, meter);
    } finally {
      leave();
    }
  }

  /**
   * The same for a statement that reads `scans`, in a DuckDB of one thread. A scan is read by one thread at a time; when
   * that is not the one that waits for the result, the one that waits asks for work all the while: a sixth of the CPU time of a load.
   */
  async queryScan(sql: string): Promise<Record<string, StagingValue>[]> {
    this.#scanning ??= this.#openScanning();
    try {
      return await (await this.#scanning).use((connection) => readRows(connection, sql));
    } catch (error) {
      throw toStagingError(error);
    }
  }

  /** `read_parquet([...])` over exactly these files. */
  static parquetOf(paths: readonly string[]): string {
    return `read_parquet([${paths.map((path) => quoteText(duckdbDialect, path)).join(', ')}])`;
  }

  close(): void {
    this.#isClosed = true;
    this.#metered.close();
    this.#queries.close();
    this.#scanningPool?.close();
  }

  async #run<T>(
    statement: (connection: DuckDBConnection) => Promise<T>,
    meter: UsageMeter | undefined,
  ): Promise<T> {
    if (meter === undefined) return this.withConnection(statement);
    try {
      return await this.#metered.use(statement, (usage) => meter.add(usage));
    } catch (error) {
      throw toStagingError(error);
    }
  }

  async #openScanning(): Promise<ConnectionPool> {
    // Two instances must not share a folder: they would take each other's files for their own.
    const pool = await openPool(this.#options, 1, join(this.#options.scratchFolder, 'scans'));
    await pool.use(async (connection) => this.scans.register(connection));
    if (this.#isClosed) pool.close();
    this.#scanningPool = pool;
    return pool;
  }
}

/** Each of the two gets half of the memory. */
function openPool(
  options: StagingDatabaseOptions,
  threads: number,
  scratchFolder: string,
): Promise<ConnectionPool> {
  return ConnectionPool.open({
    memory_limit: `${Math.max(64, Math.floor(options.memoryBytes / 2 / 2 ** 20))}MiB`,
    threads: String(threads),
    temp_directory: scratchFolder,
  });
}

async function readRows(connection: DuckDBConnection, sql: string): Promise<Record<string, StagingValue>[]> {
  const rows = (await connection.runAndReadAll(sql)).getRowObjectsJson();
  return rows as Record<string, StagingValue>[];
}

export function openStagingDatabase(options: StagingDatabaseOptions): Promise<StagingDatabase> {
  return StagingDatabase.open(options);
}
