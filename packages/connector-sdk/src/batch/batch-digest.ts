import { hash } from 'node:crypto';

import type { BucketDigest, DigestField, RowDigest } from '../digest.ts';
import type { Batch, Vector } from './batch.ts';
import { canonicalColumn, writeInteger, type CanonicalColumn } from './canonical-text.ts';

const FIRST_TEXT_BYTES = 16 * 1024;
/** `<length>:` and `|` around a value. */
const FRAME_BYTES = 24;
const NULL_MARK = 0x7e;
const COLON = 0x3a;
const BAR = 0x7c;
const TWO_32 = 4294967296;

export interface BatchDigestRequest {
  readonly fields: readonly DigestField[];
  readonly key: readonly string[];
  readonly buckets: number;
}

/**
 * Row hashes of batches, for sources that cannot compute them where the rows live, and as an oracle for those that can.
 * Rejected rows have no hash: they are in no destination either.
 */
export class BatchDigest {
  readonly #fields: readonly DigestField[];
  readonly #keyIndexes: readonly number[];
  readonly #buckets: number;
  readonly #counts: Float64Array;
  readonly #highs: Float64Array;
  readonly #lows: Float64Array;
  #text = Buffer.allocUnsafeSlow(FIRST_TEXT_BYTES);
  #high = 0;
  #low = 0;

  constructor(request: BatchDigestRequest) {
    this.#fields = request.fields;
    this.#buckets = request.buckets;
    this.#keyIndexes = request.key.map((name) => {
      const index = request.fields.findIndex((field) => field.name === name);
      if (index < 0) throw new RangeError(`The key column ${name} is not among the columns to digest.`);
      return index;
    });
    this.#counts = new Float64Array(request.buckets);
    this.#highs = new Float64Array(request.buckets);
    this.#lows = new Float64Array(request.buckets);
  }

  add(batch: Batch): void {
    const columns = this.#columnsOf(batch);
    const keyColumns = this.#keyColumnsOf(columns);
    for (let row = 0; row < batch.rows; row += 1) {
      const bucket = this.#bucketOf(columns, keyColumns, row);
      if (keyColumns.length > 0) this.#hashRow(columns, row);
      this.#counts[bucket] = (this.#counts[bucket] as number) + 1;
      let low = (this.#lows[bucket] as number) + this.#low;
      let high = (this.#highs[bucket] as number) + this.#high;
      if (low >= TWO_32) {
        low -= TWO_32;
        high += 1;
      }
      this.#lows[bucket] = low;
      this.#highs[bucket] = high >= TWO_32 ? high - TWO_32 : high;
    }
  }

  /** The buckets that have rows, in order. */
  result(): readonly BucketDigest[] {
    const result: BucketDigest[] = [];
    for (let bucket = 0; bucket < this.#buckets; bucket += 1) {
      if (this.#counts[bucket] === 0) continue;
      const sum = (BigInt(this.#highs[bucket] as number) << 32n) | BigInt(this.#lows[bucket] as number);
      result.push({ bucket, rows: BigInt(this.#counts[bucket] as number), sum });
    }
    return result;
  }

  /** Key and hash of the rows of a batch that are in the given buckets. */
  *rows(batch: Batch, inBuckets: ReadonlySet<number>): Generator<RowDigest, void, undefined> {
    const columns = this.#columnsOf(batch);
    const keyColumns = this.#keyColumnsOf(columns);
    for (let row = 0; row < batch.rows; row += 1) {
      if (!inBuckets.has(this.#bucketOf(columns, keyColumns, row))) continue;
      if (keyColumns.length > 0) this.#hashRow(columns, row);
      const key = keyColumns.map((column) => this.#textOf(column, row));
      yield { key, hash: (BigInt(this.#high) << 32n) | BigInt(this.#low) };
    }
  }

  #columnsOf(batch: Batch): readonly CanonicalColumn[] {
    return this.#fields.map((field, index) => canonicalColumn(field.type, batch.columns[index] as Vector));
  }

  #keyColumnsOf(columns: readonly CanonicalColumn[]): readonly CanonicalColumn[] {
    return this.#keyIndexes.map((index) => columns[index] as CanonicalColumn);
  }

  /** Leaves the hash of the key, or of the row where there is no key, in `high` and `low`. */
  #bucketOf(
    columns: readonly CanonicalColumn[],
    keyColumns: readonly CanonicalColumn[],
    row: number,
  ): number {
    this.#hashRow(keyColumns.length > 0 ? keyColumns : columns, row);
    // `buckets` is a power of two.
    return (this.#low & (this.#buckets - 1)) >>> 0;
  }

  #hashRow(columns: readonly CanonicalColumn[], row: number): void {
    let at = 0;
    for (let index = 0; index < columns.length; index += 1) {
      const column = columns[index] as CanonicalColumn;
      if (column.isNull(row)) {
        this.#reserve(at, FRAME_BYTES);
        this.#text[at++] = NULL_MARK;
      } else {
        this.#reserve(at, column.size(row) * 2 + FRAME_BYTES);
        at = this.#writeFramed(column, row, at);
      }
      this.#text[at++] = BAR;
    }
    const digest = hash('md5', this.#text.subarray(0, at), 'binary');
    this.#high = wordOf(digest, 0);
    this.#low = wordOf(digest, 4);
  }

  /** The length stands before the text, which is known only after it: the text is written behind room for two digits. */
  #writeFramed(column: CanonicalColumn, row: number, at: number): number {
    const text = this.#text;
    const start = at + 3;
    const length = column.write(row, text, start) - start;
    const prefix = writeInteger(text, at, length);
    if (prefix + 1 === start) {
      text[prefix] = COLON;
      return start + length;
    }
    // Rare widths: written again where it belongs, since the prefix may have run into the text.
    text[prefix] = COLON;
    return column.write(row, text, prefix + 1);
  }

  #reserve(at: number, bytes: number): void {
    if (at + bytes <= this.#text.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#text.length * 2, at + bytes));
    this.#text.copy(larger, 0, 0, at);
    this.#text = larger;
  }

  #textOf(column: CanonicalColumn, row: number): string {
    if (column.isNull(row)) return '';
    this.#reserve(0, column.size(row) + FRAME_BYTES);
    return this.#text.toString('utf8', 0, column.write(row, this.#text, 0));
  }
}

function wordOf(digest: string, at: number): number {
  const high = (digest.charCodeAt(at) << 8) | digest.charCodeAt(at + 1);
  const low = (digest.charCodeAt(at + 2) << 8) | digest.charCodeAt(at + 3);
  return high * 65536 + low;
}
