import { buffers } from './buffer-pool.ts';
import { asciiText, ColumnWriter, type RowState } from './column-writer.ts';
import { storeInt64 } from './digits.ts';

const MINUS = 0x2d;
const PLUS = 0x2b;
const POINT = 0x2e;
const ZERO = 0x30;
/** Digits that a double holds exactly. */
const EXACT_DIGITS = 15;

/**
 * decimal(p, s) from plain decimal text, scaled to an integer of 16, 32, 64 or 128 bits. Digits beyond the scale are
 * accepted only when they are zeros: nothing is rounded. Exponents are refused.
 */
export class DecimalWriter extends ColumnWriter {
  readonly #precision: number;
  readonly #scale: number;
  #words16: Int16Array | null = null;
  #words: Int32Array;

  constructor(state: RowState, index: number, precision: number, scale: number, capacity: number) {
    super(state, index, precision <= 4 ? 2 : precision <= 9 ? 4 : precision <= 18 ? 8 : 16, capacity);
    this.#precision = precision;
    this.#scale = scale;
    this.#words = new Int32Array(0);
    this.#allocate(capacity);
  }

  setText(row: number, bytes: Uint8Array, start: number, end: number): void {
    let at = start;
    const first = bytes[at];
    const isNegative = first === MINUS;
    if (isNegative || first === PLUS) at += 1;
    let value = 0;
    let digits = 0;
    let significant = 0;
    let fraction = -1;
    for (; at < end; at += 1) {
      const byte = bytes[at] as number;
      const digit = byte - ZERO;
      if (digit >= 0 && digit <= 9) {
        digits += 1;
        if (fraction >= 0) {
          if (fraction === this.#scale) {
            if (digit !== 0) return this.#refuse(bytes, start, end);
            continue;
          }
          fraction += 1;
        }
        if (significant > 0 || digit > 0) significant += 1;
        value = value * 10 + digit;
      } else if (byte === POINT && fraction < 0) {
        fraction = 0;
      } else {
        return this.#refuse(bytes, start, end);
      }
    }
    const missing = this.#scale - Math.max(fraction, 0);
    if (digits === 0 || (value !== 0 && significant + missing > this.#precision))
      return this.#refuse(bytes, start, end);
    if (significant + missing > EXACT_DIGITS && value !== 0) {
      this.#setExact(row, exactValue(bytes, start, end, this.#scale));
      return;
    }
    for (let left = missing; left > 0; left -= 1) value *= 10;
    this.#store(row, isNegative && value !== 0 ? -value : value);
  }

  /** The unscaled value: 12.34 in decimal(4, 2) is 1234n. */
  #setExact(row: number, unscaled: bigint): void {
    if (this.width === 8) {
      this.#words[row * 2] = Number(BigInt.asIntN(32, unscaled));
      this.#words[row * 2 + 1] = Number(BigInt.asIntN(32, unscaled >> 32n));
      return;
    }
    for (let word = 0; word < 4; word += 1) {
      this.#words[row * 4 + word] = Number(BigInt.asIntN(32, unscaled >> BigInt(32 * word)));
    }
  }

  #store(row: number, value: number): void {
    if (this.width === 8) {
      storeInt64(this.#words, row, value);
    } else if (this.width === 4) {
      this.#words[row] = value;
    } else if (this.#words16 !== null) {
      this.#words16[row] = value;
    } else {
      storeInt64(this.#words, row * 2, value);
      const sign = value < 0 ? -1 : 0;
      this.#words[row * 4 + 2] = sign;
      this.#words[row * 4 + 3] = sign;
    }
  }

  #refuse(bytes: Uint8Array, start: number, end: number): void {
    this.rejectText(bytes, start, end, `is not a decimal(${this.#precision}, ${this.#scale})`);
  }

  #allocate(capacity: number): void {
    if (this.width === 2) this.#words16 = new Int16Array(buffers.take(capacity * 2));
    else this.#words = new Int32Array(buffers.take(capacity * this.width));
  }

  protected takeValues(capacity: number) {
    const values = (this.#words16 ?? this.#words).buffer;
    this.#allocate(capacity);
    return { values, heap: null, heapBytes: 0 };
  }
}

function exactValue(bytes: Uint8Array, start: number, end: number, scale: number): bigint {
  const text = asciiText(bytes, start, end);
  const isNegative = text.startsWith('-');
  const [whole = '', fraction = ''] = text.replace(/^[+-]/, '').split('.');
  const unscaled = BigInt(whole + fraction.slice(0, scale).padEnd(scale, '0'));
  return isNegative ? -unscaled : unscaled;
}
