import type { LogicalType } from '@millrace/spec';

import { formatDay, formatTime, formatTimestamp } from './calendar.ts';

/** A column as the isolate gets it: a packed column, with the text of its heap where it holds text. */
export interface IsolateColumn {
  readonly values: ArrayBuffer;
  readonly valid: ArrayBuffer | null;
  /** For string and json; `values` then holds offsets in UTF-16 code units. */
  readonly text: string | null;
  /** For bytes. */
  readonly heap: ArrayBuffer | null;
}

/** A value as the code sees it. */
export type CodeValue = null | boolean | number | bigint | string | Uint8Array;

/** Reads the values of one column, batch after batch. */
export abstract class Decoder {
  #valid: Uint8Array | null = null;

  load(column: IsolateColumn): void {
    this.#valid = column.valid === null ? null : new Uint8Array(column.valid);
    this.bind(column);
  }

  read(row: number): CodeValue {
    return this.#valid !== null && this.#valid[row] === 0 ? null : this.value(row);
  }

  /** Lets go of the batch. */
  release(): void {
    this.load({ values: new ArrayBuffer(0), valid: null, text: '', heap: new ArrayBuffer(0) });
  }

  protected abstract bind(column: IsolateColumn): void;
  protected abstract value(row: number): CodeValue;
}

type NumberArray =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array;

class NumberDecoder extends Decoder {
  #values: NumberArray = new Int8Array(0);
  readonly #view: (buffer: ArrayBuffer) => NumberArray;

  constructor(view: (buffer: ArrayBuffer) => NumberArray) {
    super();
    this.#view = view;
  }

  protected bind(column: IsolateColumn): void {
    this.#values = this.#view(column.values);
  }

  protected value(row: number): number {
    return this.#values[row] as number;
  }
}

class BooleanDecoder extends Decoder {
  #values = new Uint8Array(0);

  protected bind(column: IsolateColumn): void {
    this.#values = new Uint8Array(column.values);
  }

  protected value(row: number): boolean {
    return this.#values[row] === 1;
  }
}

class BigIntDecoder extends Decoder {
  #values: BigInt64Array | BigUint64Array = new BigInt64Array(0);
  readonly #isSigned: boolean;

  constructor(isSigned: boolean) {
    super();
    this.#isSigned = isSigned;
  }

  protected bind(column: IsolateColumn): void {
    this.#values = this.#isSigned ? new BigInt64Array(column.values) : new BigUint64Array(column.values);
  }

  protected value(row: number): bigint {
    return this.#values[row] as bigint;
  }
}

class DecimalDecoder extends Decoder {
  readonly #precision: number;
  readonly #scale: number;
  #small: Int16Array | Int32Array = new Int16Array(0);
  #words = new Int32Array(0);

  constructor(precision: number, scale: number) {
    super();
    this.#precision = precision;
    this.#scale = scale;
  }

  protected bind(column: IsolateColumn): void {
    if (this.#precision <= 4) this.#small = new Int16Array(column.values);
    else if (this.#precision <= 9) this.#small = new Int32Array(column.values);
    else this.#words = new Int32Array(column.values);
  }

  protected value(row: number): string {
    return pointed(this.#unscaled(row), this.#scale);
  }

  #unscaled(row: number): string {
    if (this.#precision <= 9) return String(this.#small[row]);
    if (this.#precision <= 18) return String(readInt64(this.#words, row));
    const high = readInt64(this.#words, row * 2 + 1);
    const low = readInt64(this.#words, row * 2);
    if ((high === 0 && low >= 0) || (high === -1 && low < 0)) return String(low);
    return String((BigInt(high) << 64n) | BigInt.asUintN(64, BigInt(low)));
  }
}

/** A number where it is exact, which is faster, else a bigint. */
function readInt64(words: Int32Array, row: number): number | bigint {
  const high = words[row * 2 + 1] as number;
  const low = (words[row * 2] as number) >>> 0;
  const value = high * 4_294_967_296 + low;
  return Number.isSafeInteger(value) ? value : (BigInt(high) << 32n) | BigInt(low);
}

/** Puts the point into the digits of an unscaled value. */
function pointed(digits: string, scale: number): string {
  if (scale === 0) return digits;
  const isNegative = digits.startsWith('-');
  const magnitude = (isNegative ? digits.slice(1) : digits).padStart(scale + 1, '0');
  const text = `${magnitude.slice(0, -scale)}.${magnitude.slice(-scale)}`;
  return isNegative ? `-${text}` : text;
}

class TextDecoder extends Decoder {
  #text = '';
  #offsets = new Uint32Array(0);

  protected bind(column: IsolateColumn): void {
    this.#text = column.text ?? '';
    this.#offsets = new Uint32Array(column.values);
  }

  protected value(row: number): string {
    return this.#text.slice(this.#offsets[row], this.#offsets[row + 1]);
  }
}

class BytesDecoder extends Decoder {
  #heap = new Uint8Array(0);
  #offsets = new Uint32Array(0);

  protected bind(column: IsolateColumn): void {
    this.#heap = new Uint8Array(column.heap ?? new ArrayBuffer(0));
    this.#offsets = new Uint32Array(column.values);
  }

  protected value(row: number): Uint8Array {
    return this.#heap.slice(this.#offsets[row], this.#offsets[row + 1]);
  }
}

class UuidDecoder extends Decoder {
  #words = new BigUint64Array(0);

  protected bind(column: IsolateColumn): void {
    this.#words = new BigUint64Array(column.values);
  }

  protected value(row: number): string {
    const high = BigInt.asUintN(64, (this.#words[row * 2 + 1] as bigint) ^ (1n << 63n));
    const digits =
      high.toString(16).padStart(16, '0') + (this.#words[row * 2] as bigint).toString(16).padStart(16, '0');
    return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-${digits.slice(12, 16)}-${digits.slice(16, 20)}-${digits.slice(20)}`;
  }
}

class DateDecoder extends Decoder {
  #days = new Int32Array(0);

  protected bind(column: IsolateColumn): void {
    this.#days = new Int32Array(column.values);
  }

  protected value(row: number): string {
    return formatDay(this.#days[row] as number);
  }
}

class TimeDecoder extends Decoder {
  #words = new Int32Array(0);

  protected bind(column: IsolateColumn): void {
    this.#words = new Int32Array(column.values);
  }

  protected value(row: number): string {
    return formatTime(Number(readInt64(this.#words, row)));
  }
}

class TimestampDecoder extends Decoder {
  #words = new Int32Array(0);
  readonly #zone: string;

  constructor(isInstant: boolean) {
    super();
    this.#zone = isInstant ? 'Z' : '';
  }

  protected bind(column: IsolateColumn): void {
    this.#words = new Int32Array(column.values);
  }

  protected value(row: number): string {
    return formatTimestamp(readInt64(this.#words, row), this.#zone);
  }
}

export function createDecoder(type: LogicalType): Decoder {
  switch (type.kind) {
    case 'boolean':
      return new BooleanDecoder();
    case 'integer':
      return type.bits === 64
        ? new BigIntDecoder(type.signed)
        : new NumberDecoder(integerView(type.bits, type.signed));
    case 'float':
      return new NumberDecoder((buffer) =>
        type.bits === 32 ? new Float32Array(buffer) : new Float64Array(buffer),
      );
    case 'decimal':
      return new DecimalDecoder(type.precision, type.scale);
    case 'string':
    case 'json':
      return new TextDecoder();
    case 'bytes':
      return new BytesDecoder();
    case 'uuid':
      return new UuidDecoder();
    case 'date':
      return new DateDecoder();
    case 'time':
      return new TimeDecoder();
    case 'timestamp':
      return new TimestampDecoder(type.timezone);
  }
}

function integerView(bits: 8 | 16 | 32, signed: boolean): (buffer: ArrayBuffer) => NumberArray {
  if (bits === 8) return signed ? (buffer) => new Int8Array(buffer) : (buffer) => new Uint8Array(buffer);
  if (bits === 16) return signed ? (buffer) => new Int16Array(buffer) : (buffer) => new Uint16Array(buffer);
  return signed ? (buffer) => new Int32Array(buffer) : (buffer) => new Uint32Array(buffer);
}
