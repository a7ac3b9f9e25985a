import { throwIfCancelled, type ParquetFile } from '@millrace/connector-sdk';
import type { LogicalType, SourceField } from '@millrace/spec';
import { duckdbDialect, duckdbType, quoteIdentifier, quoteText } from '@millrace/sql';

import { StagingDatabase } from '../stage/staging-database.ts';
import { compareCursorValues, parseCursorValue, subtractLookback, type CursorValue } from './cursor-value.ts';
import type { TailTracker } from './tail.ts';

/** Follows the tail of a Parquet file that a source handed over whole; its rows are hashed by DuckDB. */
export async function trackParquetTail(
  database: StagingDatabase,
  tail: TailTracker,
  file: ParquetFile,
  fields: readonly SourceField[],
  signal: AbortSignal,
): Promise<void> {
  const cursor = fields[tail.cursor];
  if (cursor === undefined) return tail.giveUp();
  const column = `CAST(${quoteIdentifier(duckdbDialect, cursor.name)} AS ${duckdbType(cursor.type)})`;
  const text = cursorText(cursor.type, column);
  const source = StagingDatabase.parquetOf([file.path]);
  const [summary] = await database.query(
    `SELECT count(*) - count(${column}) AS nulls, ${cursorText(cursor.type, `max(${column})`)} AS highest FROM ${source}`,
  );
  tail.nullCount += Number(summary?.['nulls']);
  const highest = summary?.['highest'];
  if (typeof highest !== 'string') return;
  const value = parseCursorValue(cursor.type, highest);
  if (value === undefined) return tail.giveUp();
  throwIfCancelled(signal);
  const top =
    tail.highest !== undefined && compareCursorValues(tail.highest, value) > 0 ? tail.highest : value;
  const bound = lowerBound(cursor.type, subtractLookback(top, tail.lookback));
  const parts = fields.map((field) => {
    const name = quoteIdentifier(duckdbDialect, field.name);
    const cell = field.type.kind === 'bytes' ? `hex(${name})` : `CAST(${name} AS VARCHAR)`;
    return `coalesce(strlen(${cell}) || ':' || ${cell}, '~')`;
  });
  const rows = await database.query(
    `SELECT ${text} AS mark, left(md5(concat(${parts.join(", '|', ")})), 16) AS hash FROM ${source} WHERE ${column} >= ${bound} LIMIT ${tail.limit + 1}`,
  );
  for (const row of rows) {
    const mark = parseCursorValue(cursor.type, String(row['mark']));
    if (mark === undefined) return tail.giveUp();
    tail.addHash(mark, BigInt(`0x${String(row['hash'])}`));
  }
}

/** The canonical text of a cursor value. */
function cursorText(type: LogicalType, expression: string): string {
  const isInstant = type.kind === 'timestamp' && type.timezone;
  return `CAST(${isInstant ? `CAST(${expression} AS TIMESTAMP)` : expression} AS VARCHAR)`;
}

function lowerBound(type: LogicalType, value: CursorValue): string {
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
