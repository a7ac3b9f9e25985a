import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';

import {
  BatchBuilder,
  throwIfCancelled,
  type Batch,
  type CursorRange,
  type ReadResult,
} from '@millrace/connector-sdk';
import type { SourceField, TableName } from '@millrace/spec';

import { allocateScratch, createCellWriter, rawCell } from './cell-writers.ts';
import { planCursor, type Bound } from './cursor.ts';
import { iterateRows, queryRows, type SqliteRow } from './database.ts';
import { ExactText } from './exact-text.ts';
import { quote } from './quote.ts';

export interface ReadPlan {
  readonly table: TableName;
  readonly fields: readonly SourceField[];
  readonly cursor: CursorRange | null;
  /** Further conditions in SQL, for digests of destinations. */
  readonly conditions?: readonly string[];
  readonly atMost?: Bound;
}

/** Rows of one table from one read transaction. The caller owns the connection and turns errors into PipelineErrors. */
export async function* readTable(
  database: DatabaseSync,
  plan: ReadPlan,
  signal: AbortSignal,
): AsyncGenerator<Batch, ReadResult, undefined> {
  database.exec('BEGIN');
  try {
    return yield* readInTransaction(database, plan, signal);
  } finally {
    // Ends the snapshot also when the consumer stops early.
    if (database.isTransaction) database.exec('ROLLBACK');
  }
}

async function* readInTransaction(
  database: DatabaseSync,
  plan: ReadPlan,
  signal: AbortSignal,
): AsyncGenerator<Batch, ReadResult, undefined> {
  const { fields } = plan;
  const cursorField = plan.cursor === null ? undefined : fields.find((field) => field.name === plan.cursor?.column);
  const cursor = plan.cursor === null || cursorField === undefined ? undefined : planCursor(plan.cursor, cursorField);
  const bounds = [cursor, plan.atMost].filter((bound) => bound !== undefined);
  const boundIndexes = bounds.map((bound) => fields.findIndex((field) => field.name === bound.column));
  const conditions = [...bounds.map((bound) => bound.where).filter((where) => where !== ''), ...(plan.conditions ?? [])];
  const tail = `FROM ${quote(plan.table.name)}${conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : ''}`;
  // A table read for its row count alone still needs a column list.
  const statement = `SELECT ${fields.length === 0 ? 'NULL' : fields.map((field) => quote(field.name)).join(', ')} ${tail}`;
  const parameters = bounds.flatMap((bound) => bound.parameters);

  const cursorIndex = cursorField === undefined ? -1 : fields.indexOf(cursorField);
  const builder = new BatchBuilder(fields);
  const scratch = allocateScratch();
  const writers = builder.columns.map((column, index) => {
    const field = fields[index] as SourceField;
    return { column, write: createCellWriter(column, field.type, scratch) };
  });
  const exact = new ExactText(database, fields, tail, parameters);
  const schemaVersion = queryRows(database, 'PRAGMA schema_version')[0]?.[0];
  const rows = iterateRows(database.prepare(statement), ...parameters);
  let position = -1;
  let rowsSent = 0;
  let bytesReceived = 0;
  for (let next = rows.next(); next.done !== true; next = rows.next()) {
    position += 1;
    const row = next.value;
    if (bounds.length > 0 && !isInRange(row, bounds, boundIndexes)) continue;
    cursor?.observe(row[cursorIndex] as SQLOutputValue);
    rowsSent += 1;
    let cells = row;
    for (let index = 0; index < writers.length; index += 1) {
      const value = row[index] as SQLOutputValue;
      const writer = writers[index] as (typeof writers)[number];
      if (typeof value === 'string' && value.includes('\uFFFD') && !exact.isValid(position, index)) {
        cells = replaceCell(cells, index, exact.bytes(position, index));
        writer.column.reject('the text is not valid Unicode');
      } else {
        writer.write(builder.row, value);
      }
    }
    builder.endRow(() => cells.slice(0, fields.length).map(rawCell));
    if (builder.isFull) {
      const batch = builder.take();
      bytesReceived += sizeOf(batch);
      yield batch;
      // The signal fires only between turns of the event loop.
      await setImmediate();
      throwIfCancelled(signal);
    }
  }
  if (!builder.isEmpty) {
    const batch = builder.take();
    bytesReceived += sizeOf(batch);
    yield batch;
  }
  return {
    rowsSent,
    bytesReceived,
    highMark: cursor?.highest() ?? null,
    position: { kind: 'sqlite', schemaVersion: String(schemaVersion) },
    statement,
  };
}

function isInRange(row: SqliteRow, bounds: readonly Bound[], indexes: readonly number[]): boolean {
  return bounds.every((bound, at) => bound.isInRange(row[indexes[at] as number] as SQLOutputValue));
}

function replaceCell(row: SqliteRow, index: number, bytes: NodeJS.NonSharedUint8Array): SqliteRow {
  return row.with(index, bytes);
}

/** SQLite counts no bytes on a wire: the size of the decoded values stands for it. */
function sizeOf(batch: Batch): number {
  let bytes = 0;
  for (const column of batch.columns) bytes += column.heapBytes + batch.rows * 8;
  return bytes;
}
