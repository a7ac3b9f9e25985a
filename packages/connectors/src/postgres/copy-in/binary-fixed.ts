import type { Vector } from '@millrace/connector-sdk';

import { type BinaryColumn, isNull, NULL_LENGTH, validityOf } from './binary-column.ts';

/** 2000-01-01, where PostgreSQL counts from. */
const EPOCH_DAYS = 10_957;
const EPOCH_MICROS = 946_684_800_000_000n;
const EPOCH_LOW = Number(EPOCH_MICROS & 0xffffffffn);
const EPOCH_HIGH = Number(EPOCH_MICROS >> 32n);
const INFINITE_DAYS = 2 ** 31 - 1;
/** 4714-11-24 BC and 5874897-12-31. */
const FIRST_DAY = -2_440_588;
const LAST_DAY = 2_145_042_905;
/** High word of a time on 4714-11-24 BC: whatever is earlier is left to the check of the staged file. */
const FIRST_HIGH = -49_096_253;
const TWO_32 = 4_294_967_296;

/** Values of one size, but for NULL. */
abstract class FixedColumn implements BinaryColumn {
  isSendable = true;
  readonly fixedSize: number | undefined;
  protected readonly size: number;
  readonly #validity: Uint8Array | null;

  constructor(vector: Vector, size: number) {
    this.size = size;
    this.#validity = validityOf(vector);
    this.fixedSize = this.#validity === null ? size : undefined;
  }

  addSizes(sizes: Int32Array): void {
    for (let row = 0; row < sizes.length - 1; row += 1) {
      if (!isNull(this.#validity, row)) sizes[row] = (sizes[row] as number) + this.size;
    }
  }

  abstract write(from: number, to: number, target: DataView, offsets: Int32Array): void;

  /** Writes the length word and moves the row's offset; returns where the value goes, or -1 for NULL. */
  protected begin(row: number, target: DataView, offsets: Int32Array): number {
    const at = offsets[row] as number;
    if (isNull(this.#validity, row)) {
      target.setInt32(at, NULL_LENGTH);
      offsets[row] = at + 4;
      return -1;
    }
    target.setInt32(at, this.size);
    offsets[row] = at + 4 + this.size;
    return at + 4;
  }
}

/** Four bytes as they are: integers and floats. */
export class Int32Column extends FixedColumn {
  readonly #values: Int32Array;

  constructor(vector: Vector) {
    super(vector, 4);
    this.#values = new Int32Array(vector.values);
  }

  write(from: number, to: number, target: DataView, offsets: Int32Array): void {
    for (let row = from; row < to; row += 1) {
      const at = this.begin(row, target, offsets);
      if (at >= 0) target.setInt32(at, this.#values[row] as number);
    }
  }
}

/** Eight bytes as they are: integers, floats and times of day. */
export class Int64Column extends FixedColumn {
  readonly #words: Int32Array;

  constructor(vector: Vector) {
    super(vector, 8);
    this.#words = new Int32Array(vector.values);
  }

  write(from: number, to: number, target: DataView, offsets: Int32Array): void {
    for (let row = from; row < to; row += 1) {
      const at = this.begin(row, target, offsets);
      if (at < 0) continue;
      target.setInt32(at, this.#words[row * 2 + 1] as number);
      target.setInt32(at + 4, this.#words[row * 2] as number);
    }
  }
}

export class DateColumn extends FixedColumn {
  readonly #days: Int32Array;

  constructor(vector: Vector) {
    super(vector, 4);
    this.#days = new Int32Array(vector.values);
  }

  write(from: number, to: number, target: DataView, offsets: Int32Array): void {
    for (let row = from; row < to; row += 1) {
      const at = this.begin(row, target, offsets);
      if (at < 0) continue;
      const days = this.#days[row] as number;
      if (days >= FIRST_DAY && days <= LAST_DAY) target.setInt32(at, days - EPOCH_DAYS);
      else if (days === INFINITE_DAYS) target.setInt32(at, INFINITE_DAYS);
      else if (days === -INFINITE_DAYS) target.setInt32(at, -INFINITE_DAYS - 1);
      else this.isSendable = false;
    }
  }
}

export class TimestampColumn extends FixedColumn {
  readonly #words: Int32Array;

  constructor(vector: Vector) {
    super(vector, 8);
    this.#words = new Int32Array(vector.values);
  }

  write(from: number, to: number, target: DataView, offsets: Int32Array): void {
    for (let row = from; row < to; row += 1) {
      const at = this.begin(row, target, offsets);
      if (at < 0) continue;
      let high = this.#words[row * 2 + 1] as number;
      let low = (this.#words[row * 2] as number) >>> 0;
      if (high === -(2 ** 31) && low === 1) {
        low = 0;
      } else if (high !== 2 ** 31 - 1 || low !== TWO_32 - 1) {
        if (high < FIRST_HIGH) this.isSendable = false;
        high -= EPOCH_HIGH + (low < EPOCH_LOW ? 1 : 0);
        low -= EPOCH_LOW;
      }
      target.setInt32(at, high);
      target.setInt32(at + 4, low);
    }
  }
}

/** Sizes and types that are rarer. */
export class SmallColumn extends FixedColumn {
  readonly #put: (row: number, target: DataView, at: number) => void;

  constructor(vector: Vector, size: number, put: (row: number, target: DataView, at: number) => void) {
    super(vector, size);
    this.#put = put;
  }

  write(from: number, to: number, target: DataView, offsets: Int32Array): void {
    for (let row = from; row < to; row += 1) {
      const at = this.begin(row, target, offsets);
      if (at >= 0) this.#put(row, target, at);
    }
  }
}
