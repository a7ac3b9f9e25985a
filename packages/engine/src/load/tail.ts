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
  /**
   * Each row's hash, for `append` tables only, which must not take a row twice. Null when they are too many for a position:
   * then the load package lists them (`Manifest.tail`).
   */
  readonly hashes: readonly string[] | null;
}

/** More tail rows than this are not tracked; every load then publishes its look-back window again, which is harmless. */
const MOST_TAIL_ROWS = 200_000;
/** The same for `append` tables, which stop there: they would take the window twice. A row costs about 5 µs to follow. */
export const MOST_APPENDED_TAIL_ROWS = 1_000_000;
/** More hashes than this do not go into a position. */
const MOST_TAIL_HASHES = 5_000;

export interface TailOptions {
  readonly types: readonly LogicalType[];
  /** Index of the cursor column among `types`. */
  readonly cursor: number;
  readonly lookback: bigint;
  /** More rows are not followed; 200,000 unless told. */
  readonly mostRows?: number;
}

/**
 * Follows the tail of a read in one pass: per batch the highest cursor value is found first, then only rows in the
 * window below it are hashed, so that a scan in cursor order hashes a few rows per batch.
 */
export class TailTracker {
  readonly #options: TailOptions;
  readonly #values: CursorValue[] = [];
  /** One for each of `#values`, in an array that grows by doubling. */
  #hashes = new BigUint64Array(1024);
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

  /** True when more rows are in the window than are followed. */
  get isTooLarge(): boolean {
    return this.#isTooLarge;
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
      this.#push(value, hash(row));
    }
    if (this.#values.length > this.#mostRows) this.#drop(threshold);
    this.#refuseTooMany();
  }

  addRejected(rows: readonly RejectedRow[]): void {
    if (this.#rejected.length > this.#mostRows) this.#isTooLarge = true;
    else for (const row of rows) this.#rejected.push(rejectedRowHash(row));
  }

  /** A row whose hash was computed elsewhere (Parquet files). */
  addHash(value: CursorValue, hash: bigint): void {
    this.#raise(value);
    if (this.#isTooLarge) return;
    this.#push(value, hash);
    this.#refuseTooMany();
  }

  /** The tail below the mark that is saved (the highest value, or an older mark above it); null when it is not known. */
  finish(mark: CursorValue | undefined, withHashes: boolean): Tail | null {
    if (this.#isTooLarge) return null;
    if (mark !== undefined) this.#drop(subtractLookback(mark, this.#options.lookback));
    const hashes = this.listHashes();
    const isListed = withHashes && hashes.length <= MOST_TAIL_HASHES;
    const listed = isListed ? Array.from(hashes, formatHash) : null;
    return { rows: hashes.length, sum: sumHashes(hashes), hashes: listed };
  }

  /** The hashes of the tail, in order. */
  listHashes(): BigUint64Array<ArrayBuffer> {
    const hashes = new BigUint64Array(this.#values.length + this.#rejected.length);
    hashes.set(this.#hashes.subarray(0, this.#values.length));
    hashes.set(this.#rejected, this.#values.length);
    return hashes.sort();
  }

  get #mostRows(): number {
    return this.#options.mostRows ?? MOST_TAIL_ROWS;
  }

  #push(value: CursorValue, hash: bigint): void {
    const index = this.#values.push(value) - 1;
    if (index === this.#hashes.length) {
      const larger = new BigUint64Array(index * 2);
      larger.set(this.#hashes);
      this.#hashes = larger;
    }
    this.#hashes[index] = hash;
  }

  /** Nothing of a tail that is not followed is worth its memory. */
  #refuseTooMany(): void {
    if (this.#values.length <= this.#mostRows) return;
    this.#isTooLarge = true;
    this.#values.length = 0;
    this.#hashes = new BigUint64Array(0);
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

/** 16 hexadecimal digits of the sum, whatever the order. */
export function sumHashes(hashes: Iterable<bigint>): string {
  let sum = 0n;
  for (const hash of hashes) sum = BigInt.asUintN(64, sum + hash);
  return formatHash(sum);
}

export function formatHash(hash: bigint): string {
  return hash.toString(16).padStart(16, '0');
}
