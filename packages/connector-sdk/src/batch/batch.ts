import type { LogicalType } from '@millrace/spec';

/** Memory of a batch. Shared where a pool lends it; nobody reads while another writes. */
export type BatchBuffer = ArrayBuffer | SharedArrayBuffer;

/**
 * One column of a batch, in the memory layout of Apache Arrow (which is DuckDB's too), so that it is copied, never
 * converted. Buffers may be longer than the rows need.
 *
 * | logical type            | bytes per row | encoding                                                         |
 * |-------------------------|---------------|------------------------------------------------------------------|
 * | boolean                 | 1             | 0 or 1                                                           |
 * | integer                 | bits / 8      | two's complement or unsigned, little endian                      |
 * | float                   | bits / 8      | IEEE 754                                                         |
 * | decimal, precision <= 4 | 2             | value x 10^scale as int16; <= 9: int32; <= 18: int64; else int128 |
 * | date                    | 4             | days since 1970-01-01; int32 max = infinity, -int32 max = -infinity |
 * | time                    | 8             | microseconds of the day                                          |
 * | timestamp               | 8             | microseconds since 1970-01-01 00:00; int64 max = infinity, -int64 max = -infinity |
 * | uuid                    | 16            | int128 of the big-endian value with the top bit flipped          |
 * | string, json, bytes     | 16            | Arrow view: int32 length, then 12 inline bytes (zero padded) when length <= 12, else 4 prefix bytes, int32 0, uint32 offset into `heap` |
 */
export interface Vector {
  readonly values: BatchBuffer;
  /** One bit per row, least significant first, 1 = a value; null when every row has a value. Length: ceil(rows / 64) * 8. */
  readonly validity: BatchBuffer | null;
  /** The bytes that views longer than 12 point into; null for types of fixed width. */
  readonly heap: BatchBuffer | null;
  readonly heapBytes: number;
}

/** Rows in columns. Buffers belong to the receiver; the sender must not touch them after handing the batch over. */
export interface Batch {
  readonly kind: 'batch';
  readonly rows: number;
  readonly columns: readonly Vector[];
  /** Rows the source sent that have a value no type here can hold. They are not among `rows`. */
  readonly rejected: readonly RejectedRow[];
  /** Gives the buffers back to whoever made them, when their receiver does not need them any more. */
  readonly release?: () => void;
}

/** A row that goes to quarantine, as the source sent it. */
export interface RejectedRow {
  /** The column whose value cannot be represented, or null when the row as a whole is malformed. */
  readonly column: string | null;
  /** For people: `"2024-00-10" is not a date`. */
  readonly reason: string;
  /** The raw bytes of each requested column in order; null where the source sent NULL. */
  readonly cells: readonly (Uint8Array | null)[];
  /** Where it stood, when the source knows: `orders.csv:1042`. */
  readonly origin?: string;
}

/**
 * A Parquet file that a source hands over whole instead of decoding it into batches (files that are Parquet already,
 * or written by the source's own engine into the request's scratch folder).
 * Its columns are read by name and cast to the requested types; a value that does not fit is rejected.
 */
export interface ParquetFile {
  readonly kind: 'parquet';
  readonly path: string;
  readonly rows: number;
  /** True when it lies in the scratch folder and goes away with the attempt. */
  readonly isTemporary: boolean;
}

/** Bytes per row of the `values` buffer for a type. */
export function valueWidth(type: LogicalType): 1 | 2 | 4 | 8 | 16 {
  switch (type.kind) {
    case 'boolean':
      return 1;
    case 'integer':
    case 'float':
      return (type.bits / 8) as 1 | 2 | 4 | 8;
    case 'decimal':
      return type.precision <= 4 ? 2 : type.precision <= 9 ? 4 : type.precision <= 18 ? 8 : 16;
    case 'date':
      return 4;
    case 'time':
    case 'timestamp':
      return 8;
    case 'uuid':
    case 'string':
    case 'json':
    case 'bytes':
      return 16;
  }
}

/** True for the types whose values are Arrow views into a heap. */
export function isViewType(type: LogicalType): boolean {
  return type.kind === 'string' || type.kind === 'json' || type.kind === 'bytes';
}
