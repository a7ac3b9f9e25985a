import type { ServerIdentity, SourcePosition } from '@millrace/connector-sdk';

import type { Tail } from './tail.ts';

/**
 * What is saved with a publication so that the next load can continue: the connector's own position, and around it what
 * the engine must know to be sure that it still fits. Plain JSON.
 */
export interface LoadPosition {
  readonly version: 1;
  readonly identity: ServerIdentity;
  /** The source table that the rows came from; absent in positions of versions that did not save it. */
  readonly table?: string;
  readonly source: SourcePosition;
  /** null for full loads and for files. */
  readonly cursor: CursorPosition | null;
}

export interface CursorPosition {
  readonly column: string;
  /** The highest value seen, as canonical text; null while the table was empty. */
  readonly mark: string | null;
  /** Microseconds or a plain amount, as text. */
  readonly lookback: string;
  /** Names and types of the columns that the tail was hashed over. */
  readonly columns: readonly string[];
  readonly tail: Tail | null;
}

export function toSourcePosition(position: LoadPosition): SourcePosition {
  return { ...position };
}

/** Reads a saved position; undefined when it is not one of ours or from a newer version. */
export function readLoadPosition(saved: SourcePosition): LoadPosition | undefined {
  const { version, identity, source, cursor, table } = saved;
  if (version !== 1 || !isIdentity(identity) || !isRecord(source)) return undefined;
  if (cursor !== null && !isCursor(cursor)) return undefined;
  return { version, identity, ...(typeof table === 'string' ? { table } : {}), source, cursor };
}

/** `updated_at 2024-05-01 10:00:00.000000 on MariaDB 11 (…)`, for messages. */
export function formatLoadPosition(position: LoadPosition): string {
  const server = `${position.identity.product} ${position.identity.version} (${position.identity.identity})`;
  if (position.cursor === null) return server;
  return `${position.cursor.column} = ${position.cursor.mark ?? 'nothing yet'} on ${server}`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isIdentity(value: unknown): value is ServerIdentity {
  return (
    isRecord(value) &&
    typeof value['product'] === 'string' &&
    typeof value['version'] === 'string' &&
    typeof value['identity'] === 'string'
  );
}

function isCursor(value: unknown): value is CursorPosition {
  if (!isRecord(value)) return false;
  const { column, mark, lookback, columns, tail } = value;
  return (
    typeof column === 'string' &&
    (mark === null || typeof mark === 'string') &&
    typeof lookback === 'string' &&
    /^\d+$/.test(lookback) &&
    isTextList(columns) &&
    (tail === null || isTail(tail))
  );
}

function isTail(value: unknown): value is Tail {
  if (!isRecord(value)) return false;
  const { rows, sum, hashes } = value;
  return typeof rows === 'number' && typeof sum === 'string' && (hashes === null || isTextList(hashes));
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
