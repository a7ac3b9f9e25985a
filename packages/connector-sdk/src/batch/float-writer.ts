import { buffers } from './buffer-pool.ts';
import { asciiText, ColumnWriter, type RowState } from './column-writer.ts';

/** IEEE floats from the shortest or any longer decimal text; `NaN`, `Infinity`, `inf` in any case and sign. */
export class FloatWriter extends ColumnWriter {
  #values: Float32Array | Float64Array;
  readonly #bits: 32 | 64;

  constructor(state: RowState, index: number, bits: 32 | 64, capacity: number) {
    super(state, index, bits / 8, capacity);
    this.#bits = bits;
    this.#values = this.#allocate(capacity);
  }

  setText(row: number, bytes: Uint8Array, start: number, end: number): void {
    const text = asciiText(bytes, start, end);
    const value = FINITE.test(text) ? Number(text) : parseSpecial(text);
    if (value === undefined) {
      this.rejectText(bytes, start, end, `is not a float${this.#bits}`);
      return;
    }
    const stored = this.#bits === 32 ? Math.fround(value) : value;
    if (isLost(text, stored)) {
      this.rejectText(bytes, start, end, `is outside the range of a float${this.#bits}`);
      return;
    }
    this.#values[row] = stored;
  }

  /** A double that the source holds as such; a float32 column takes it only when it is one. */
  override setDouble(row: number, value: number): void {
    if (this.#bits === 32 && Math.fround(value) !== value && !Number.isNaN(value))
      this.reject(`${value} is not a float32`);
    else this.#values[row] = value;
  }

  #allocate(capacity: number): Float32Array | Float64Array {
    return this.#bits === 32
      ? new Float32Array(buffers.take(capacity * 4))
      : new Float64Array(buffers.take(capacity * 8));
  }

  protected takeValues(capacity: number) {
    const values = this.#values.buffer;
    this.#values = this.#allocate(capacity);
    return { values, heap: null, heapBytes: 0 };
  }
}

const FINITE = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const SPECIAL = /^([+-]?)(?:inf|infinity)$/i;

function parseSpecial(text: string): number | undefined {
  if (/^[+-]?nan$/i.test(text)) return Number.NaN;
  const infinity = SPECIAL.exec(text);
  if (infinity === null) return undefined;
  return infinity[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/** True when a finite number became infinite, or a number other than zero became zero. */
function isLost(text: string, stored: number): boolean {
  if (stored === 0) return /[1-9]/.test(text.replace(/[eE].*$/, ''));
  return !Number.isFinite(stored) && FINITE.test(text);
}
