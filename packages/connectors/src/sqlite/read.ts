import type { DatabaseSync, SQLInputValue, SQLOutputValue } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';

import {
  BatchBuilder,
  PipelineError,
  throwIfCancelled,
  type Batch,
  type CursorRange,
  type ReadResult,
} from '@millrace/connector-sdk';
import type { SourceField, TableName } from '@millrace/spec';

import { planCursor, type Bound, type CursorPlan } from './cursor.ts';
import { iterateRows, queryRows } from './database.ts';
import { ExactText } from './exact-text.ts';
import { quote } from './quote.ts';
import { RowWriter } from './row-writer.ts';

/** How many rows may pass before a cancellation is noticed. */
const ROWS_PER_TURN = 65_536;

export interface ReadPlan {
  readonly table: TableName;
  readonly fields: readonly SourceField[];
  readonly cursor: CursorRange | null;
  /** Further conditions in SQL, for digests of destinations. */
  readonly conditions?: readonly string[];
  readonly atMost?: Bound;
  readonly maxRows?: number | undefined;
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
  const statement = readStatement(plan);
  const { cursor, bounds, tail, parameters } = statement;
  const boundIndexes = bounds.map((bound) => fields.indexOf(requireField(plan, bound.column)));

  const schemaVersion = queryRows(database, 'PRAGMA schema_version')[0]?.[0];
  const builder = new BatchBuilder(fields);
  const exact = new ExactText(database, fields, tail, parameters);
  const writer = new RowWriter(builder, fields, exact);
  const rows = iterateRows(database.prepare(statement.sql), ...parameters);
  let position = -1;
  let rowsSent = 0;
  let bytesReceived = 0;
  try {
    for (let next = rows.next(); next.done !== true; next = rows.next()) {
      position += 1;
      const row = next.value;
      if (bounds.every((bound, at) => bound.isInRange(row[boundIndexes[at] as number] as SQLOutputValue))) {
        cursor?.observe(row[boundIndexes[0] as number] as SQLOutputValue);
        rowsSent += 1;
        writer.write(position, row);
      }
      if (builder.isFull) {
        const batch = builder.take();
        bytesReceived += sizeOf(batch);
        yield batch;
      } else if (position % ROWS_PER_TURN !== 0) {
        continue;
      }
      // The signal fires only between turns of the event loop.
      await setImmediate();
      throwIfCancelled(signal);
    }
    if (!builder.isEmpty) {
      const batch = builder.take();
      bytesReceived += sizeOf(batch);
      yield batch;
    }
  } finally {
    // An unfinished statement holds the lock even after ROLLBACK.
    rows.return?.();
    exact.close();
  }
  return {
    rowsSent,
    bytesReceived,
    highMark: cursor?.highest() ?? null,
    position: { kind: 'sqlite', schemaVersion: String(schemaVersion) },
    statement: statement.text,
  };
}

export interface ReadStatement {
  readonly sql: string;
  readonly parameters: readonly SQLInputValue[];
  /** For people: the parameters stand behind the SQL. */
  readonly text: string;
  /** From FROM on. */
  readonly tail: string;
  readonly cursor: CursorPlan | undefined;
  readonly bounds: readonly Bound[];
}

export function readStatement(plan: ReadPlan): ReadStatement {
  const { fields } = plan;
  const cursor =
    plan.cursor === null ? undefined : planCursor(plan.cursor, requireField(plan, plan.cursor.column));
  const bounds = [cursor, plan.atMost].filter((bound) => bound !== undefined);
  const conditions = [
    ...bounds.map((bound) => bound.where).filter((where) => where !== ''),
    ...(plan.conditions ?? []),
  ];
  const tail = `FROM ${quote(plan.table.name)}${conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : ''}${plan.maxRows === undefined ? '' : ` LIMIT ${plan.maxRows}`}`;
  // A table read for its row count alone still needs a column list.
  const sql = `SELECT ${fields.length === 0 ? 'NULL' : fields.map((field) => quote(field.name)).join(', ')} ${tail}`;
  const parameters = bounds.flatMap((bound) => bound.parameters);
  const values = parameters.map((value) => (typeof value === 'bigint' ? `${value}` : JSON.stringify(value)));
  const text = values.length === 0 ? sql : `${sql} -- with ${values.join(', ')}`;
  return { sql, parameters, text, tail, cursor, bounds };
}

function requireField(plan: ReadPlan, column: string): SourceField {
  const field = plan.fields.find((candidate) => candidate.name === column);
  if (field !== undefined) return field;
  throw new PipelineError({
    code: 'columnMissing',
    blame: 'config',
    retry: 'never',
    message: `${plan.table.name}.${column} bounds the rows to read but is not among the columns that are read. Read it too.`,
  });
}

/** SQLite counts no bytes on a wire: the size of the decoded values stands for it. */
function sizeOf(batch: Batch): number {
  let bytes = 0;
  for (const column of batch.columns) bytes += column.heapBytes + batch.rows * 8;
  return bytes;
}
