import type { Field } from '@millrace/spec';

import { parseDay } from './calendar.ts';
import { copyOf, Encoder } from './encoder.ts';
import { BytesEncoder, JsonEncoder, StringEncoder } from './encode-heap.ts';
import { BigIntEncoder, DecimalEncoder, TimeEncoder, TimestampEncoder, UuidEncoder } from './encode-words.ts';

type NumberArray =
  | Int8Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>
  | Int16Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>;
type AllocateNumbers = (capacity: number) => NumberArray;

/** Columns whose values are JavaScript numbers in a typed array. */
abstract class NumberEncoder extends Encoder {
  protected values: NumberArray;
  readonly #allocate: AllocateNumbers;

  constructor(isNullable: boolean, allocate: AllocateNumbers) {
    super(isNullable);
    this.#allocate = allocate;
    this.values = allocate(this.capacity);
  }

  protected resize(capacity: number): void {
    const larger = this.#allocate(capacity);
    larger.set(this.values);
    this.values = larger;
  }

  protected takeValues(rows: number) {
    return { values: copyOf(this.values, rows), heap: null };
  }
}

class IntegerEncoder extends NumberEncoder {
  readonly expected: string;
  readonly #min: number;
  readonly #max: number;

  constructor(isNullable: boolean, bits: 8 | 16 | 32, signed: boolean) {
    super(isNullable, integerArray(bits, signed));
    this.#min = signed ? -(2 ** (bits - 1)) : 0;
    this.#max = signed ? 2 ** (bits - 1) - 1 : 2 ** bits - 1;
    this.expected = `a whole number from ${this.#min} to ${this.#max}`;
  }

  protected store(row: number, value: unknown): boolean {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < this.#min || value > this.#max)
      return false;
    this.values[row] = value;
    return true;
  }

  override advice(value: unknown): string {
    if (typeof value === 'bigint') return 'Return Number(value).';
    return typeof value === 'number' && !Number.isInteger(value)
      ? 'Round it the way you mean it, with Math.round, Math.floor or Math.trunc.'
      : '';
  }
}

class FloatEncoder extends NumberEncoder {
  readonly expected: string;
  readonly #bits: 32 | 64;

  constructor(isNullable: boolean, bits: 32 | 64) {
    super(isNullable, (capacity) => (bits === 32 ? new Float32Array(capacity) : new Float64Array(capacity)));
    this.#bits = bits;
    this.expected = bits === 32 ? 'a number that a 32-bit float holds exactly' : 'a number';
  }

  protected store(row: number, value: unknown): boolean {
    if (typeof value !== 'number') return false;
    if (this.#bits === 32 && Math.fround(value) !== value && !Number.isNaN(value)) return false;
    this.values[row] = value;
    return true;
  }

  override advice(value: unknown): string {
    return typeof value === 'number' ? 'Return Math.fround(value).' : 'Return Number(value).';
  }
}

class BooleanEncoder extends NumberEncoder {
  readonly expected = 'true or false';

  constructor(isNullable: boolean) {
    super(isNullable, (capacity) => new Uint8Array(capacity));
  }

  protected store(row: number, value: unknown): boolean {
    if (typeof value !== 'boolean') return false;
    this.values[row] = value ? 1 : 0;
    return true;
  }

  override advice(): string {
    return 'Return Boolean(value), or a comparison.';
  }
}

class DateEncoder extends NumberEncoder {
  readonly expected = "a day of the calendar as text, 'YYYY-MM-DD'";

  constructor(isNullable: boolean) {
    super(isNullable, (capacity) => new Int32Array(capacity));
  }

  protected store(row: number, value: unknown): boolean {
    const days = typeof value === 'string' ? parseDay(value) : undefined;
    if (days === undefined) return false;
    this.values[row] = days;
    return true;
  }

  override advice(value: unknown): string {
    return value instanceof Date ? 'Return value.toISOString().slice(0, 10).' : '';
  }
}

export function createEncoder({ type, nullable }: Field): Encoder {
  switch (type.kind) {
    case 'boolean':
      return new BooleanEncoder(nullable);
    case 'integer':
      return type.bits === 64
        ? new BigIntEncoder(nullable, type.signed)
        : new IntegerEncoder(nullable, type.bits, type.signed);
    case 'float':
      return new FloatEncoder(nullable, type.bits);
    case 'decimal':
      return new DecimalEncoder(nullable, type.precision, type.scale);
    case 'string':
      return new StringEncoder(nullable);
    case 'json':
      return new JsonEncoder(nullable);
    case 'bytes':
      return new BytesEncoder(nullable);
    case 'uuid':
      return new UuidEncoder(nullable);
    case 'date':
      return new DateEncoder(nullable);
    case 'time':
      return new TimeEncoder(nullable);
    case 'timestamp':
      return new TimestampEncoder(nullable, type.timezone);
  }
}

function integerArray(bits: 8 | 16 | 32, signed: boolean): AllocateNumbers {
  if (bits === 8) return signed ? (n) => new Int8Array(n) : (n) => new Uint8Array(n);
  if (bits === 16) return signed ? (n) => new Int16Array(n) : (n) => new Uint16Array(n);
  return signed ? (n) => new Int32Array(n) : (n) => new Uint32Array(n);
}
