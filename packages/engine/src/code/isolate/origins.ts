import { copyOf, type EncodedColumn } from './encoder.ts';

const FIRST_CAPACITY = 2048;

/** The row of the batch that each row of output comes from, as a packed column of int32. */
export class Origins {
  #values = new Int32Array(FIRST_CAPACITY);

  /** Rows of output come in order. */
  put(row: number, origin: number): void {
    if (row >= this.#values.length) {
      const larger = new Int32Array(this.#values.length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[row] = origin;
  }

  take(rows: number): EncodedColumn {
    return { values: copyOf(this.#values, rows), valid: null, heap: null };
  }
}
