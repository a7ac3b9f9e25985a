import { throwIfCancelled, type ParquetFile } from '@millrace/connector-sdk';
import type { SourceField } from '@millrace/spec';

import { StagingDatabase } from '../stage/staging-database.ts';
import { compareCursorValues, parseCursorValue, subtractLookback, type CursorValue } from './cursor-value.ts';
import { cursorColumn, cursorLiteral, cursorText, windowRows } from './parquet-window.ts';
import type { TailTracker } from './tail.ts';

/** So few are hashed all in the time that it takes to ask which of them are in the tail. */
const FEW_ROWS = 1_000;

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
  const column = cursorColumn(cursor);
  if (file.rows <= FEW_ROWS) return trackFewRows(database, tail, file, fields, cursor, signal);
  const [summary] = await database.query(
    `SELECT count(*) - count(${column}) AS nulls, ${cursorText(cursor.type, `max(${column})`)} AS highest FROM ${StagingDatabase.parquetOf([file.path])}`,
  );
  tail.nullCount += Number(summary?.['nulls']);
  const highest = summary?.['highest'];
  if (typeof highest !== 'string') return;
  const value = parseCursorValue(cursor.type, highest);
  if (value === undefined) return tail.giveUp();
  throwIfCancelled(signal);
  const top =
    tail.highest !== undefined && compareCursorValues(tail.highest, value) > 0 ? tail.highest : value;
  const bound = cursorLiteral(cursor.type, subtractLookback(top, tail.lookback));
  for await (const rows of windowRows(database, file, cursor, fields, `${column} >= ${bound}`, signal)) {
    for (const row of rows) {
      if (row.value === undefined) return tail.giveUp();
      tail.addHash(row.value, row.hash);
    }
    if (tail.isTooLarge) return;
  }
}

async function trackFewRows(
  database: StagingDatabase,
  tail: TailTracker,
  file: ParquetFile,
  fields: readonly SourceField[],
  cursor: SourceField,
  signal: AbortSignal,
): Promise<void> {
  const found: { readonly value: CursorValue; readonly hash: bigint }[] = [];
  let highest = tail.highest;
  const hasValue = `${cursorColumn(cursor)} IS NOT NULL`;
  for await (const rows of windowRows(database, file, cursor, fields, hasValue, signal)) {
    for (const { value, hash } of rows) {
      if (value === undefined) return tail.giveUp();
      found.push({ value, hash });
      if (highest === undefined || compareCursorValues(value, highest) > 0) highest = value;
    }
  }
  tail.nullCount += file.rows - found.length;
  if (highest === undefined) return;
  const bound = subtractLookback(highest, tail.lookback);
  for (const { value, hash } of found) if (compareCursorValues(value, bound) >= 0) tail.addHash(value, hash);
}
