import type { Batch, RejectedRow, Vector } from '@millrace/connector-sdk';
import type { LogicalType } from '@millrace/spec';

import {
  compareCursorValues,
  cursorReader,
  roughCursorReader,
  subtractLookback,
  type CursorValue,
} from './cursor-value.ts';
import { hasValue, rejectedRowHash, rowHasher } from './row-hash.ts';

/**
 * The rows at or after `mark - lookback`, which the next incremental load reads again: their number and the order-free
 * sum of their hashes. A read that finds the same tail found nothing new.
 */
export interface Tail {
  readonly rows: number;
  /** 16 hexadecimal digits. */
  readonly sum: string;
  /** Each row's hash, for `append` tables only, which must not take a row twice; null when there are too many. */
  readonly hashes: readonly string[] | null;
}

/** More tail rows than this are not tracked; every load then publishes its look-back window again, which is harmless. */
const MOST_TAIL_ROWS = 200_000;
/** More hashes than this do not go into a position. */
export const MOST_TAIL_HASHES = 5_000;

export interface TailOptions {
  readonly types: readonly LogicalType[];
  /** Index of the cursor column among `types`. */
  readonly cursor: number;
  readonly lookback: bigint;
}

/**
 * Follows the tail of a read in one pass: per batch the highest cursor value is found first, then only rows in the
 * window below it are hashed, so that a scan in cursor order hashes a few rows per batch.
 */
export class TailTracker {
  readonly #options: TailOptions;
  readonly #values: CursorValue[] = [];
  readonly #hashes: bigint[] = [];
  readonly #rejected: bigint[] = [];
  #highest: CursorValue | undefined;
  #isTooLarge = false;
  /** Rows without a cursor value; an incremental load would never see their changes. */
  nullCount = 0;

  constructor(options: TailOptions) {
    this.#options = options;
  }

  get highest(): CursorValue | undefined {
    return this.#highest;
  }

  /** Index of the cursor column among those read. */
  get cursor(): number {
    return this.#options.cursor;
  }

  get lookback(): bigint {
    return this.#options.lookback;
  }

  /** Rows of a tail that are followed at most. */
  get limit(): number {
    return MOST_TAIL_ROWS;
  }

  /** The tail cannot be known; the next load then publishes its look-back window again. */
  giveUp(): void {
    this.#isTooLarge = true;
  }

  add(batch: Batch): void {
    this.addRejected(batch.rejected);
    const { types, cursor, lookback } = this.#options;
    const type = types[cursor];
    const vector = batch.columns[cursor];
    const read = type === undefined || vector === undefined ? undefined : cursorReader(type, vector);
    if (read === undefined || vector === undefined || type === undefined) {
      this.#isTooLarge = true;
      return;
    }
    const rows = rowsWithValue(batch.rows, vector);
    this.nullCount += batch.rows - rows.length;
    const rough = roughCursorReader(type, vector);
    for (const row of rough === undefined ? rows : highestRows(rows, rough)) this.#raise(read(row));
    if (this.#highest === undefined || this.#isTooLarge) return;
    const threshold = subtractLookback(this.#highest, lookback);
    const roughThreshold = typeof threshold === 'bigint' ? Number(threshold) : 0;
    const hash = rowHasher(types, batch.columns);
    for (const row of rows) {
      if (rough !== undefined && rough(row) < roughThreshold) continue;
      const value = read(row);
      if (compareCursorValues(value, threshold) < 0) continue;
      this.#values.push(value);
      this.#hashes.push(hash(row));
    }
    if (this.#values.length > MOST_TAIL_ROWS) this.#drop(threshold);
    if (this.#values.length > MOST_TAIL_ROWS) this.#isTooLarge = true;
  }

  addRejected(rows: readonly RejectedRow[]): void {
    if (this.#rejected.length > MOST_TAIL_ROWS) this.#isTooLarge = true;
    else for (const row of rows) this.#rejected.push(rejectedRowHash(row));
  }

  /** A row whose hash was computed elsewhere (Parquet files). */
  addHash(value: CursorValue, hash: bigint): void {
    this.#raise(value);
    this.#values.push(value);
    this.#hashes.push(hash);
    if (this.#values.length > MOST_TAIL_ROWS) this.#isTooLarge = true;
  }

  /** The tail below the mark that is saved (the highest value, or an older mark above it); null when it is not known. */
  finish(mark: CursorValue | undefined, withHashes: boolean): Tail | null {
    if (this.#isTooLarge) return null;
    if (mark !== undefined) this.#drop(subtractLookback(mark, this.#options.lookback));
    const hashes = [...this.#hashes, ...this.#rejected];
    let sum = 0n;
    for (const hash of hashes) sum = BigInt.asUintN(64, sum + hash);
    const isListed = withHashes && hashes.length <= MOST_TAIL_HASHES;
    return { rows: hashes.length, sum: formatHash(sum), hashes: isListed ? hashes.map(formatHash) : null };
  }

  #raise(value: CursorValue): void {
    if (this.#highest === undefined || compareCursorValues(value, this.#highest) > 0) this.#highest = value;
  }

  #drop(threshold: CursorValue): void {
    let kept = 0;
    for (const [index, value] of this.#values.entries()) {
      const hash = this.#hashes[index];
      if (hash === undefined || compareCursorValues(value, threshold) < 0) continue;
      this.#values[kept] = value;
      this.#hashes[kept] = hash;
      kept++;
    }
    this.#values.length = kept;
    this.#hashes.length = kept;
  }
}

function rowsWithValue(rows: number, { validity }: Vector): Uint32Array {
  const found = new Uint32Array(rows);
  const bits = validity === null ? null : new Uint8Array(validity);
  let count = 0;
  for (let row = 0; row < rows; row++) if (hasValue(bits, row)) found[count++] = row;
  return found.subarray(0, count);
}

/** The rows that may hold the highest value: those whose rounded value is. */
function highestRows(rows: Uint32Array, rough: (row: number) => number): Uint32Array {
  let highest = -Infinity;
  for (const row of rows) highest = Math.max(highest, rough(row));
  return rows.filter((row) => rough(row) === highest);
}

export function isSameTail(left: Tail | null, right: Tail | null): boolean {
  return left !== null && right !== null && left.rows === right.rows && left.sum === right.sum;
}

export function formatHash(hash: bigint): string {
  return hash.toString(16).padStart(16, '0');
}
