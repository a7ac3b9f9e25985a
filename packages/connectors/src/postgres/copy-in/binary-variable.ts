import type { BatchBuffer, Vector } from '@millrace/connector-sdk';

import { type BinaryColumn, isNull, NULL_LENGTH, validityOf } from './binary-column.ts';
import type { NumericFormat } from './binary-numeric.ts';

const INLINE_BYTES = 12;
/** Below this many bytes a JavaScript loop beats the call into native copy. */
const LOOP_BYTES = 48;
const TWO_32 = 4_294_967_296;

/** Decimals, and integers that only a numeric can hold. */
export class NumericColumn implements BinaryColumn {
  readonly isSendable = true;
  readonly fixedSize = undefined;
  readonly #validity: Uint8Array | null;
  readonly #format: NumericFormat;
  readonly #read: (row: number) => number | bigint;

  constructor(vector: Vector, format: NumericFormat, read: (row: number) => number | bigint) {
    this.#validity = validityOf(vector);
    this.#format = format;
    this.#read = read;
  }

  addSizes(sizes: Int32Array): void {
    for (let row = 0; row < sizes.length - 1; row += 1) {
      if (!isNull(this.#validity, row))
        sizes[row] = (sizes[row] as number) + this.#format.size(this.#read(row));
    }
  }

  write(from: number, to: number, target: DataView, offsets: Int32Array): void {
    for (let row = from; row < to; row += 1) {
      const at = offsets[row] as number;
      if (isNull(this.#validity, row)) {
        target.setInt32(at, NULL_LENGTH);
        offsets[row] = at + 4;
        continue;
      }
      const end = this.#format.write(target, at + 4, this.#read(row));
      target.setInt32(at, end - at - 4);
      offsets[row] = end;
    }
  }
}

/** Unscaled decimals of a width in bytes: a number where it is exact, else a bigint. */
export function unscaledReader(width: number, buffer: BatchBuffer): (row: number) => number | bigint {
  if (width === 2) {
    const values = new Int16Array(buffer);
    return (row) => values[row] as number;
  }
  const words = new Int32Array(buffer);
  if (width === 4) return (row) => words[row] as number;
  if (width === 8) {
    return (row) => {
      const high = words[row * 2 + 1] as number;
      const low = (words[row * 2] as number) >>> 0;
      const value = high * TWO_32 + low;
      return Number.isSafeInteger(value) ? value : (BigInt(high) << 32n) | BigInt(low);
    };
  }
  const pairs = new BigUint64Array(buffer);
  return (row) => (BigInt.asIntN(64, pairs[row * 2 + 1] as bigint) << 64n) | (pairs[row * 2] as bigint);
}

/** Bytes as they are. */
export class BytesColumn implements BinaryColumn {
  readonly fixedSize = undefined;
  protected readonly heap: Buffer;
  /** Whether a value that was written from the views themselves holds a zero byte. */
  protected hasInlineZero = false;
  readonly #validity: Uint8Array | null;
  readonly #words: Int32Array;
  readonly #inline: Uint8Array;

  constructor(vector: Vector) {
    this.#validity = validityOf(vector);
    this.#words = new Int32Array(vector.values);
    this.#inline = new Uint8Array(vector.values);
    this.heap = vector.heap === null ? Buffer.of() : Buffer.from(vector.heap, 0, vector.heapBytes);
  }

  get isSendable(): boolean {
    return true;
  }

  addSizes(sizes: Int32Array): void {
    for (let row = 0; row < sizes.length - 1; row += 1) {
      if (!isNull(this.#validity, row))
        sizes[row] = (sizes[row] as number) + (this.#words[row * 4] as number);
    }
  }

  write(from: number, to: number, target: DataView, offsets: Int32Array): void {
    const bytes = Buffer.from(target.buffer, target.byteOffset, target.byteLength);
    for (let row = from; row < to; row += 1) {
      const at = offsets[row] as number;
      if (isNull(this.#validity, row)) {
        target.setInt32(at, NULL_LENGTH);
        offsets[row] = at + 4;
        continue;
      }
      const length = this.#words[row * 4] as number;
      target.setInt32(at, length);
      offsets[row] = at + 4 + length;
      if (length <= INLINE_BYTES) this.#copyInline(row * 16 + 4, length, bytes, at + 4);
      else copy(this.heap, (this.#words[row * 4 + 3] as number) >>> 0, length, bytes, at + 4);
    }
  }

  #copyInline(start: number, length: number, target: Uint8Array, to: number): void {
    for (let offset = 0; offset < length; offset += 1) {
      const byte = this.#inline[start + offset] as number;
      if (byte === 0) this.hasInlineZero = true;
      target[to + offset] = byte;
    }
  }
}

/** Text, which in PostgreSQL cannot hold U+0000. */
export class TextColumn extends BytesColumn {
  readonly #hasHeapZero: boolean;

  constructor(vector: Vector) {
    super(vector);
    this.#hasHeapZero = this.heap.includes(0);
  }

  override get isSendable(): boolean {
    return !this.#hasHeapZero && !this.hasInlineZero;
  }
}

function copy(source: Buffer, start: number, length: number, target: Uint8Array, to: number): void {
  if (length > LOOP_BYTES) {
    // The memory is shared: `set` would copy it byte by byte.
    source.copy(target, to, start, start + length);
    return;
  }
  for (let offset = 0; offset < length; offset += 1) target[to + offset] = source[start + offset] as number;
}
