const FIRST_CAPACITY = 2048;

/** A packed column of output; the buffers are exactly as long as the rows need. */
export interface EncodedColumn {
  readonly values: ArrayBuffer;
  readonly valid: ArrayBuffer | null;
  readonly heap: ArrayBuffer | null;
}

/** Writes the values of one column of output. A value that its type cannot hold exactly is refused, never changed. */
export abstract class Encoder {
  /** What the type takes, for people: `a whole number from 0 to 255`. */
  abstract readonly expected: string;
  readonly isNullable: boolean;
  #valid: Uint8Array = new Uint8Array(FIRST_CAPACITY);
  #hasNulls = false;

  constructor(isNullable: boolean) {
    this.isNullable = isNullable;
  }

  /** Stores a value; false when it is refused. Rows come in order. */
  put(row: number, value: unknown): boolean {
    if (row >= this.#valid.length) this.#grow();
    if (value === null) {
      if (!this.isNullable) return false;
      this.#hasNulls = true;
      this.#valid[row] = 0;
      this.skip(row);
      return true;
    }
    this.#valid[row] = 1;
    return this.store(row, value);
  }

  /** What to do about a refused value, or an empty text. */
  advice(_value: unknown): string {
    return '';
  }

  /** Bytes outside of the fixed-width values. */
  get heapBytes(): number {
    return 0;
  }

  take(rows: number): EncodedColumn {
    const valid = this.#hasNulls ? copyOf(this.#valid, rows) : null;
    this.#hasNulls = false;
    return { valid, ...this.takeValues(rows) };
  }

  protected abstract store(row: number, value: unknown): boolean;
  protected abstract resize(capacity: number): void;
  protected abstract takeValues(rows: number): Pick<EncodedColumn, 'values' | 'heap'>;

  /** Called in place of `store` for NULL. */
  protected skip(_row: number): void {}

  protected get capacity(): number {
    return this.#valid.length;
  }

  #grow(): void {
    const larger = new Uint8Array(this.#valid.length * 2);
    larger.set(this.#valid);
    this.#valid = larger;
    this.resize(larger.length);
  }
}

interface Values {
  readonly buffer: ArrayBufferLike;
  readonly byteOffset: number;
  readonly BYTES_PER_ELEMENT: number;
}

/** The first elements in a buffer of their own. */
export function copyOf(values: Values, length: number): ArrayBuffer {
  return (values.buffer as ArrayBuffer).slice(0, length * values.BYTES_PER_ELEMENT);
}
