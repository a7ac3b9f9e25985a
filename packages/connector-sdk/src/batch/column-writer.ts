import type { BatchBuffer, Vector } from './batch.ts';

/** Text form of a cell where a type has more than one: `hex` is PostgreSQL's `\x00ff`. */
export type CellEncoding = 'raw' | 'hex';

/** The row in work, shared by the writers of a batch. A refused value leaves the first reason here. */
export interface RowState {
  rejectedColumn: number;
  reason: string;
  /** Bytes in all heaps, to bound a batch. */
  heapBytes: number;
}

/** Longest part of a refused value that a reason quotes. */
const QUOTED_BYTES = 60;

/**
 * Writes the values of one column into an Arrow vector. `setText` parses the text form of a cell; a value that the
 * type cannot hold exactly marks the whole row as rejected and is otherwise ignored.
 */
export abstract class ColumnWriter {
  protected readonly state: RowState;
  readonly index: number;
  protected readonly width: number;
  #validity: Uint8Array;
  #hasNulls = false;
  #capacity: number;

  constructor(state: RowState, index: number, width: number, capacity: number) {
    this.state = state;
    this.index = index;
    this.width = width;
    this.#capacity = capacity;
    this.#validity = allocateValidity(capacity);
  }

  /** `bytes` is the receive buffer; the cell is the half-open range. The range is not kept after the call. */
  abstract setText(row: number, bytes: Uint8Array, start: number, end: number): void;

  protected abstract takeValues(capacity: number): {
    values: BatchBuffer;
    heap: BatchBuffer | null;
    heapBytes: number;
  };

  setNull(row: number): void {
    this.#hasNulls = true;
    const byte = row >> 3;
    this.#validity[byte] = (this.#validity[byte] as number) & ~(1 << (row & 7));
  }

  /** The same as `setText` for a value that exists as a JavaScript string. */
  setString(row: number, text: string): void {
    const bytes = Buffer.from(text, 'utf8');
    this.setText(row, bytes, 0, bytes.length);
  }

  /** The same as `setText` for a value that exists as an integer; numbers must be safe integers. */
  setInteger(row: number, value: number | bigint): void {
    this.setString(row, String(value));
  }

  /** The same as `setText` for a value that exists as a double: its shortest decimal text that reads back the same. */
  setDouble(row: number, value: number): void {
    this.setString(row, String(value));
  }

  /** Marks the row in work as rejected; the first reason of a row stands. */
  reject(reason: string): void {
    if (this.state.rejectedColumn >= 0) return;
    this.state.rejectedColumn = this.index;
    this.state.reason = reason;
  }

  protected rejectText(bytes: Uint8Array, start: number, end: number, complaint: string): void {
    if (this.state.rejectedColumn >= 0) return;
    const shown = Buffer.from(bytes.subarray(start, Math.min(end, start + QUOTED_BYTES))).toString('utf8');
    const more = end - start > QUOTED_BYTES ? '…' : '';
    this.reject(`${JSON.stringify(shown + more)} ${complaint}`);
  }

  /** Undoes `setNull` for the row in work, which is about to be written again. */
  restore(row: number): void {
    const byte = row >> 3;
    this.#validity[byte] = (this.#validity[byte] as number) | (1 << (row & 7));
  }

  take(rows: number, nextCapacity: number): Vector {
    const validity = this.#hasNulls ? this.#validity : null;
    const { values, heap, heapBytes } = this.takeValues(nextCapacity);
    if (validity !== null || nextCapacity !== this.#capacity) this.#validity = allocateValidity(nextCapacity);
    this.#capacity = nextCapacity;
    this.#hasNulls = false;
    if (rows === 0) return { values, validity: null, heap, heapBytes };
    return { values, validity: validity === null ? null : validity.buffer, heap, heapBytes };
  }
}

function allocateValidity(capacity: number): Uint8Array {
  return new Uint8Array(Math.ceil(capacity / 64) * 8).fill(0xff);
}

/** The range as a string of one character per byte. */
export function asciiText(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
}
