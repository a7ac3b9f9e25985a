import { throwIfCancelled, type ParquetFile } from '@millrace/connector-sdk';
import type { LogicalType, SourceField } from '@millrace/spec';
import { duckdbDialect, duckdbType, quoteIdentifier, quoteText } from '@millrace/sql';

import { StagingDatabase } from '../stage/staging-database.ts';
import { parseCursorValue, type CursorValue } from './cursor-value.ts';

/** A row of a Parquet file, with the hash that stands for it; the hashes of batches are others. */
export interface WindowRow {
  /** Its place in the file, from 1. */
  readonly number: number;
  /** Undefined when the text of the cursor is not understood. */
  readonly value: CursorValue | undefined;
  readonly hash: bigint;
}

/** The rows of a Parquet file whose cursor has a value that meets the condition; DuckDB hashes `hashed`. */
export async function* windowRows(
  database: StagingDatabase,
  file: ParquetFile,
  cursor: SourceField,
  hashed: readonly SourceField[],
  condition: string,
  signal: AbortSignal,
): AsyncGenerator<readonly WindowRow[]> {
  const connection = await database.connect();
  try {
    const result = await connection.stream(
      `SELECT __millrace_row, ${cursorText(cursor.type, cursorColumn(cursor))} AS mark, ${rowHash(hashed)} AS hash FROM ${numbered(file)} WHERE ${condition}`,
    );
    for (;;) {
      throwIfCancelled(signal);
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) return;
      yield chunk.getRows().map(([number, mark, hash]) => ({
        number: Number(number),
        value: parseCursorValue(cursor.type, String(mark)),
        hash: BigInt(`0x${String(hash)}`),
      }));
    }
  } finally {
    connection.closeSync();
  }
}

/** The rows of a file with their places. DuckDB keeps the order of a file, and so its numbers, unless told otherwise. */
export function numbered(file: ParquetFile): string {
  return `(SELECT *, row_number() OVER () AS __millrace_row FROM ${StagingDatabase.parquetOf([file.path])})`;
}

export function cursorColumn(cursor: SourceField): string {
  return `CAST(${quoteIdentifier(duckdbDialect, cursor.name)} AS ${duckdbType(cursor.type)})`;
}

/** The canonical text of a cursor value. */
export function cursorText(type: LogicalType, expression: string): string {
  const isInstant = type.kind === 'timestamp' && type.timezone;
  return `CAST(${isInstant ? `CAST(${expression} AS TIMESTAMP)` : expression} AS VARCHAR)`;
}

/** A cursor value as an expression of the column's type. */
export function cursorLiteral(type: LogicalType, value: CursorValue): string {
  if (typeof value === 'string') return quoteText(duckdbDialect, value);
  switch (type.kind) {
    case 'date':
    case 'timestamp':
      return `make_timestamp(CAST(${value} AS BIGINT))${type.kind === 'timestamp' && type.timezone ? '::TIMESTAMPTZ' : ''}`;
    case 'decimal':
      return `CAST(${value} AS DECIMAL(38, 0)) / CAST(1${'0'.repeat(type.scale)} AS DECIMAL(38, 0))`;
    default:
      return `CAST(${value} AS HUGEINT)`;
  }
}

function rowHash(hashed: readonly SourceField[]): string {
  const parts = hashed.map((field) => {
    const name = quoteIdentifier(duckdbDialect, field.name);
    const cell = field.type.kind === 'bytes' ? `hex(${name})` : `CAST(${name} AS VARCHAR)`;
    return `coalesce(strlen(${cell}) || ':' || ${cell}, '~')`;
  });
  return `left(md5(concat(${parts.join(", '|', ")})), 16)`;
}
