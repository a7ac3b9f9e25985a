import { buffers } from './buffer-pool.ts';
import { asciiText, ColumnWriter, type RowState } from './column-writer.ts';
import { parseDigits, storeInt64 } from './digits.ts';

const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;
const MAX_UINT64 = 2n ** 64n - 1n;

type SmallArray = Int8Array | Int16Array | Int32Array | Uint8Array | Uint16Array | Uint32Array;

/** Integers of 8 to 32 bits. */
export class SmallIntegerWriter extends ColumnWriter {
  #values: SmallArray;
  readonly #allocate: (capacity: number) => SmallArray;
  readonly #min: number;
  readonly #max: number;
  readonly #typeName: string;

  constructor(state: RowState, index: number, bits: 8 | 16 | 32, signed: boolean, capacity: number) {
    super(state, index, bits / 8, capacity);
    this.#min = signed ? -(2 ** (bits - 1)) : 0;
    this.#max = signed ? 2 ** (bits - 1) - 1 : 2 ** bits - 1;
    this.#typeName = `${signed ? '' : 'u'}int${bits}`;
    this.#allocate = smallArrayOf(bits, signed);
    this.#values = this.#allocate(capacity);
  }

  setText(row: number, bytes: Uint8Array, start: number, end: number): void {
    const isNegative = bytes[start] === 0x2d;
    const value = parseDigits(bytes, isNegative ? start + 1 : start, end);
    const signed = isNegative ? -value : value;
    if (!(signed >= this.#min && signed <= this.#max)) {
      this.rejectText(bytes, start, end, `is not an ${this.#typeName}`);
      return;
    }
    this.#values[row] = signed;
  }

  override setInteger(row: number, value: number | bigint): void {
    if (value < this.#min || value > this.#max || (typeof value === 'number' && !Number.isInteger(value))) {
      this.reject(`${value} is not an ${this.#typeName}`);
      return;
    }
    this.#values[row] = Number(value);
  }

  protected takeValues(capacity: number) {
    const values = this.#values.buffer;
    this.#values = this.#allocate(capacity);
    return { values, heap: null, heapBytes: 0 };
  }
}

/** Integers of 64 bits; values of up to 15 digits never leave the floating point unit's exact range. */
export class LargeIntegerWriter extends ColumnWriter {
  #words: Int32Array;
  readonly #isSigned: boolean;

  constructor(state: RowState, index: number, isSigned: boolean, capacity: number) {
    super(state, index, 8, capacity);
    this.#isSigned = isSigned;
    this.#words = new Int32Array(buffers.take(capacity * 8));
  }

  setText(row: number, bytes: Uint8Array, start: number, end: number): void {
    const isNegative = bytes[start] === 0x2d;
    const first = isNegative ? start + 1 : start;
    const value = parseDigits(bytes, first, end);
    if (Number.isNaN(value) || (isNegative && !this.#isSigned && value !== 0)) {
      this.rejectText(bytes, start, end, `is not an ${this.#typeName}`);
      return;
    }
    if (end - first <= 15) {
      storeInt64(this.#words, row, isNegative ? -value : value);
      return;
    }
    const exact = BigInt(asciiText(bytes, start, end));
    this.setInteger(row, exact);
  }

  override setInteger(row: number, value: number | bigint): void {
    const near = Number(value);
    if (Number.isSafeInteger(near) && (near >= 0 || this.#isSigned)) {
      storeInt64(this.#words, row, near);
      return;
    }
    if (typeof value === 'number') {
      this.reject(`${value} is not an ${this.#typeName}`);
      return;
    }
    const exact = value;
    if (exact < (this.#isSigned ? MIN_INT64 : 0n) || exact > (this.#isSigned ? MAX_INT64 : MAX_UINT64)) {
      this.reject(`${value} is not an ${this.#typeName}`);
      return;
    }
    this.#words[row * 2] = Number(exact & 0xffffffffn);
    this.#words[row * 2 + 1] = Number((exact >> 32n) & 0xffffffffn);
  }

  get #typeName(): string {
    return this.#isSigned ? 'int64' : 'uint64';
  }

  protected takeValues(capacity: number) {
    const values = this.#words.buffer;
    this.#words = new Int32Array(buffers.take(capacity * 8));
    return { values, heap: null, heapBytes: 0 };
  }
}

/** `0` and `1`, `t` and `f`, `true` and `false`. */
export class BooleanWriter extends ColumnWriter {
  #values: Uint8Array;

  constructor(state: RowState, index: number, capacity: number) {
    super(state, index, 1, capacity);
    this.#values = new Uint8Array(buffers.take(capacity));
  }

  setText(row: number, bytes: Uint8Array, start: number, end: number): void {
    const value = parseBoolean(bytes, start, end);
    if (value < 0) this.rejectText(bytes, start, end, 'is not a boolean');
    else this.#values[row] = value;
  }

  protected takeValues(capacity: number) {
    const values = this.#values.buffer;
    this.#values = new Uint8Array(buffers.take(capacity));
    return { values, heap: null, heapBytes: 0 };
  }
}

function parseBoolean(bytes: Uint8Array, start: number, end: number): 0 | 1 | -1 {
  const first = (bytes[start] as number) | 0x20;
  if (end - start === 1) {
    if (bytes[start] === 0x30 || first === 0x66) return 0;
    return bytes[start] === 0x31 || first === 0x74 ? 1 : -1;
  }
  if (end - start > 5 || end === start) return -1;
  const word = asciiText(bytes, start, end).toLowerCase();
  return word === 'true' ? 1 : word === 'false' ? 0 : -1;
}

function smallArrayOf(bits: 8 | 16 | 32, signed: boolean): (capacity: number) => SmallArray {
  if (bits === 8)
    return signed ? (n) => new Int8Array(buffers.take(n)) : (n) => new Uint8Array(buffers.take(n));
  if (bits === 16)
    return signed ? (n) => new Int16Array(buffers.take(n * 2)) : (n) => new Uint16Array(buffers.take(n * 2));
  return signed ? (n) => new Int32Array(buffers.take(n * 4)) : (n) => new Uint32Array(buffers.take(n * 4));
}
