import { throwIfCancelled } from '@millrace/connector-sdk';
import type { DuckDBConnection, Json } from '@duckdb/node-api';

const INTERRUPT_INTERVAL_MS = 20;

export type ReadRow = Readonly<Record<string, Json>>;

/** All rows of a SELECT as plain data; the statement ends when the signal fires. */
export async function readRows(
  connection: DuckDBConnection,
  sql: string,
  signal: AbortSignal,
): Promise<readonly ReadRow[]> {
  throwIfCancelled(signal);
  let timer: NodeJS.Timeout | undefined;
  const interrupt = (): void => {
    connection.interrupt();
    // An interrupt that comes before the statement has started is lost, so it is repeated.
    timer ??= setInterval(() => connection.interrupt(), INTERRUPT_INTERVAL_MS);
  };
  signal.addEventListener('abort', interrupt, { once: true });
  try {
    const reader = await connection.runAndReadAll(sql);
    const names = reader.deduplicatedColumnNames();
    // Not the reader's own objects: a column may be called __proto__.
    return reader
      .getRowsJson()
      .map((row) => Object.fromEntries(names.map((name, index) => [name, row[index] ?? null])));
  } catch (error) {
    throwIfCancelled(signal);
    throw error;
  } finally {
    signal.removeEventListener('abort', interrupt);
    clearInterval(timer);
  }
}

/** A value that the statement gives as text; throws RangeError for any other. */
export function textAt(row: ReadRow | undefined, name: string): string {
  const value = row?.[name];
  if (typeof value !== 'string') throw new RangeError(`There is no text ${name}.`);
  return value;
}
