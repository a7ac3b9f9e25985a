import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';

import type { LogicalType } from '@millrace/spec';
import { parseDuckdbType } from '@millrace/sql';

import { malformed } from '../errors.ts';
import type { ListedFile } from '../folder/list-files.ts';

export interface ParquetColumn {
  readonly name: string;
  readonly nativeType: string;
  readonly type: LogicalType;
  readonly mapping?: string;
}

export interface ParquetDescription {
  readonly columns: readonly ParquetColumn[];
  readonly rows: number;
}

/** Reads footers of Parquet files in a database of its own, in memory. */
export class ParquetReader {
  #connection: DuckDBConnection | null = null;
  #instance: DuckDBInstance | null = null;

  async describe(file: ListedFile): Promise<ParquetDescription> {
    const connection = await this.#connect();
    const path = `'${file.absolutePath.replaceAll("'", "''")}'`;
    try {
      const columns = await connection.runAndReadAll(
        `DESCRIBE SELECT * FROM read_parquet(${path}, hive_partitioning = false)`,
      );
      const counts = await connection.runAndReadAll(
        `SELECT num_rows::VARCHAR FROM parquet_file_metadata(${path})`,
      );
      return {
        columns: columns.getRowsJson().map(([name, type]) => parquetColumn(name as string, type as string)),
        rows: Number(counts.getRowsJS()[0]?.[0] ?? 0),
      };
    } catch (error) {
      const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
      throw malformed(
        file.path,
        `it is not a readable Parquet file (${reason})`,
        'Write the file again, or remove it.',
      );
    }
  }

  close(): void {
    this.#connection?.closeSync();
    this.#instance?.closeSync();
    this.#connection = null;
    this.#instance = null;
  }

  async #connect(): Promise<DuckDBConnection> {
    if (this.#connection !== null) return this.#connection;
    this.#instance = await DuckDBInstance.create(':memory:', {
      threads: '1',
      memory_limit: '256MB',
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    });
    this.#connection = await this.#instance.connect();
    return this.#connection;
  }
}

function parquetColumn(name: string, nativeType: string): ParquetColumn {
  const exact = parseDuckdbType(nativeType);
  if (exact !== undefined) return { name, nativeType, type: exact };
  if (/\[\]$|^(?:STRUCT|MAP|UNION|LIST)\b/.test(nativeType) || /\[\d+\]$/.test(nativeType)) {
    return { name, nativeType, type: { kind: 'json' }, mapping: 'As JSON text written by DuckDB.' };
  }
  switch (nativeType) {
    case 'TIMESTAMP_S':
    case 'TIMESTAMP_MS':
      return { name, nativeType, type: { kind: 'timestamp', timezone: false } };
    case 'TIMESTAMP_NS':
      return {
        name,
        nativeType,
        type: { kind: 'timestamp', timezone: false },
        mapping: 'Values with nanoseconds are quarantined.',
      };
    case 'HUGEINT':
    case 'UHUGEINT':
      return {
        name,
        nativeType,
        type: { kind: 'decimal', precision: 38, scale: 0 },
        mapping: 'Values of more than 38 digits are quarantined.',
      };
    default:
      return { name, nativeType, type: { kind: 'string' }, mapping: 'As DuckDB prints the value.' };
  }
}
