import { formatLogicalType, type LogicalType } from '@millrace/spec';

import type { BatchBuffer, Vector } from './batch.ts';

/** Longest canonical text of a type of fixed width: an int128, a float's mantissa and exponent. */
const MAX_FIXED_BYTES = 64;
const TWO_32 = 4294967296;
const MICROS_PER_DAY = 86_400_000_000;
const INFINITE_DAYS = 2 ** 31 - 1;
const MAX_INT64 = 2n ** 63n - 1n;

/** Reads the values of one column of a batch as canonical text (see `DigestRequest`). */
export interface CanonicalColumn {
  /** Bytes that `write` may need for the row's value. */
  size(row: number): number;
  isNull(row: number): boolean;
  /** Writes the text of a value that is not NULL; returns the offset behind it. */
  write(row: number, target: Buffer, at: number): number;
}

export function canonicalColumn(type: LogicalType, vector: Vector): CanonicalColumn {
  const validity = vector.validity === null ? null : new Uint8Array(vector.validity);
  const isNull = (row: number): boolean =>
    validity !== null && ((validity[row >> 3] as number) & (1 << (row & 7))) === 0;
  const fixed = (write: CanonicalColumn['write']): CanonicalColumn => ({
    size: () => MAX_FIXED_BYTES,
    isNull,
    write,
  });
  switch (type.kind) {
    case 'boolean': {
      const values = new Uint8Array(vector.values);
      return fixed((row, target, at) => writeInteger(target, at, values[row] as number));
    }
    case 'integer':
      return fixed(integerWriter(type.bits, type.signed, vector.values));
    case 'decimal':
      return fixed(decimalWriter(type.precision, type.scale, vector.values));
    case 'float': {
      const values = type.bits === 32 ? new Float32Array(vector.values) : new Float64Array(vector.values);
      return fixed((row, target, at) => writeFloat(target, at, values[row] as number));
    }
    case 'date': {
      const values = new Int32Array(vector.values);
      return fixed((row, target, at) => writeDay(target, at, values[row] as number));
    }
    case 'time': {
      const words = new Int32Array(vector.values);
      return fixed((row, target, at) => writeTime(target, at, readInt64(words, row) as number));
    }
    case 'timestamp': {
      const words = new Int32Array(vector.values);
      return fixed((row, target, at) => writeTimestamp(target, at, readInt64(words, row)));
    }
    case 'uuid': {
      const view = new DataView(vector.values);
      return fixed((row, target, at) => writeAscii(target, at, uuidText(view, row * 16)));
    }
    case 'string':
    case 'json':
      return viewColumn(vector, isNull, false);
    case 'bytes':
      return viewColumn(vector, isNull, true);
    default:
      throw new RangeError(`${formatLogicalType(type)} has no canonical text.`);
  }
}

function viewColumn(vector: Vector, isNull: (row: number) => boolean, isHex: boolean): CanonicalColumn {
  const words = new Int32Array(vector.values);
  const inline = Buffer.from(vector.values);
  const heap = Buffer.from(vector.heap ?? new ArrayBuffer(0));
  return {
    isNull,
    size: (row) => (words[row * 4] as number) * (isHex ? 2 : 1),
    write(row, target, at) {
      const length = words[row * 4] as number;
      const isInline = length <= 12;
      const source = isInline ? inline : heap;
      const start = isInline ? row * 16 + 4 : (words[row * 4 + 3] as number) >>> 0;
      if (isHex)
        return at + target.write(source.subarray(start, start + length).toString('hex'), at, 'latin1');
      if (length > 48) return at + source.copy(target, at, start, start + length);
      for (let offset = 0; offset < length; offset += 1)
        target[at + offset] = source[start + offset] as number;
      return at + length;
    },
  };
}

/** A number where it is exact, else a bigint. */
function readInt64(words: Int32Array, row: number): number | bigint {
  const high = words[row * 2 + 1] as number;
  const low = (words[row * 2] as number) >>> 0;
  const value = high * TWO_32 + low;
  return Number.isSafeInteger(value) ? value : (BigInt(high) << 32n) | BigInt(low);
}

function integerWriter(
  bits: 8 | 16 | 32 | 64,
  signed: boolean,
  buffer: BatchBuffer,
): CanonicalColumn['write'] {
  if (bits === 64) {
    const words = new Int32Array(buffer);
    if (signed) return (row, target, at) => writeAnyInteger(target, at, readInt64(words, row));
    return (row, target, at) => {
      const value = readInt64(words, row);
      return writeAnyInteger(target, at, value < 0 ? BigInt.asUintN(64, BigInt(value)) : value);
    };
  }
  const values = smallArray(bits, signed, buffer);
  return (row, target, at) => writeInteger(target, at, values[row] as number);
}

function smallArray(bits: 8 | 16 | 32, signed: boolean, buffer: BatchBuffer): ArrayLike<number> {
  if (bits === 8) return signed ? new Int8Array(buffer) : new Uint8Array(buffer);
  if (bits === 16) return signed ? new Int16Array(buffer) : new Uint16Array(buffer);
  return signed ? new Int32Array(buffer) : new Uint32Array(buffer);
}

function decimalWriter(precision: number, scale: number, buffer: BatchBuffer): CanonicalColumn['write'] {
  const read = unscaledReader(precision, buffer);
  if (scale === 0) return (row, target, at) => writeAnyInteger(target, at, read(row));
  const power = 10 ** scale;
  return (row, target, at) => {
    const unscaled = read(row);
    if (typeof unscaled === 'bigint' || scale > 15)
      return writeAscii(target, at, pointed(BigInt(unscaled), scale));
    let to = at;
    const magnitude = Math.abs(unscaled);
    if (unscaled < 0) target[to++] = 0x2d;
    const whole = Math.floor(magnitude / power);
    to = writeInteger(target, to, whole);
    target[to++] = 0x2e;
    return writePadded(target, to, magnitude - whole * power, scale);
  };
}

function unscaledReader(precision: number, buffer: BatchBuffer): (row: number) => number | bigint {
  if (precision <= 4) {
    const values = new Int16Array(buffer);
    return (row) => values[row] as number;
  }
  const words = new Int32Array(buffer);
  if (precision <= 9) return (row) => words[row] as number;
  if (precision <= 18) return (row) => readInt64(words, row);
  return (row) => {
    const high = readInt64(words, row * 2 + 1);
    const low = BigInt.asUintN(64, BigInt(readInt64(words, row * 2)));
    return (BigInt(high) << 64n) | low;
  };
}

function pointed(unscaled: bigint, scale: number): string {
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

const floatBits = new DataView(new ArrayBuffer(8));

/** `<sign><m>e<e>` with value = m x 2^(e-52) and 2^52 <= m < 2^53. */
function writeFloat(target: Buffer, at: number, value: number): number {
  if (Number.isNaN(value)) return writeAscii(target, at, 'nan');
  if (!Number.isFinite(value)) return writeAscii(target, at, value > 0 ? 'inf' : '-inf');
  if (value === 0) return writeAscii(target, at, '0');
  const isSubnormal = Math.abs(value) < 2 ** -1022;
  floatBits.setFloat64(0, isSubnormal ? value * 2 ** 60 : value);
  const high = floatBits.getUint32(0);
  const exponent = ((high >>> 20) & 0x7ff) - 1023 - (isSubnormal ? 60 : 0);
  const mantissa = ((high & 0xfffff) + 0x100000) * TWO_32 + floatBits.getUint32(4);
  const to = writeInteger(target, at, value < 0 ? -mantissa : mantissa);
  target[to] = 0x65;
  return writeInteger(target, to + 1, exponent);
}

function writeTimestamp(target: Buffer, at: number, value: number | bigint): number {
  if (typeof value === 'bigint') {
    if (value === MAX_INT64) return writeAscii(target, at, 'infinity');
    if (value === -MAX_INT64) return writeAscii(target, at, '-infinity');
    const micros = ((value % BigInt(MICROS_PER_DAY)) + BigInt(MICROS_PER_DAY)) % BigInt(MICROS_PER_DAY);
    return writeMoment(target, at, Number((value - micros) / BigInt(MICROS_PER_DAY)), Number(micros));
  }
  const days = Math.floor(value / MICROS_PER_DAY);
  return writeMoment(target, at, days, value - days * MICROS_PER_DAY);
}

function writeMoment(target: Buffer, at: number, days: number, micros: number): number {
  const to = writeDay(target, at, days);
  target[to] = 0x20;
  return writeTime(target, to + 1, micros);
}

function writeTime(target: Buffer, at: number, micros: number): number {
  const seconds = Math.floor(micros / 1_000_000);
  const minutes = Math.floor(seconds / 60);
  let to = writePadded(target, at, Math.floor(minutes / 60), 2);
  target[to] = 0x3a;
  to = writePadded(target, to + 1, minutes % 60, 2);
  target[to] = 0x3a;
  to = writePadded(target, to + 1, seconds % 60, 2);
  target[to] = 0x2e;
  return writePadded(target, to + 1, micros % 1_000_000, 6);
}

/** The civil day of a day number, by Howard Hinnant's `civil_from_days`; years are astronomical. */
function writeDay(target: Buffer, at: number, days: number): number {
  if (days === INFINITE_DAYS) return writeAscii(target, at, 'infinity');
  if (days === -INFINITE_DAYS) return writeAscii(target, at, '-infinity');
  const shifted = days + 719468;
  const era = Math.floor(shifted / 146097);
  const dayOfEra = shifted - era * 146097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  let to = at;
  if (year < 0) target[to++] = 0x2d;
  const magnitude = Math.abs(year);
  to = magnitude < 10_000 ? writePadded(target, to, magnitude, 4) : writeInteger(target, to, magnitude);
  target[to] = 0x2d;
  to = writePadded(target, to + 1, month, 2);
  target[to] = 0x2d;
  return writePadded(target, to + 1, day, 2);
}

function uuidText(view: DataView, at: number): string {
  const high = BigInt.asUintN(64, view.getBigUint64(at + 8, true) ^ (1n << 63n));
  const digits =
    high.toString(16).padStart(16, '0') + view.getBigUint64(at, true).toString(16).padStart(16, '0');
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

function writeAnyInteger(target: Buffer, at: number, value: number | bigint): number {
  return typeof value === 'number' ? writeInteger(target, at, value) : writeAscii(target, at, String(value));
}

/** Decimal digits of a safe integer; returns the offset behind them. */
export function writeInteger(target: Buffer, at: number, value: number): number {
  let start = at;
  let rest = value;
  if (value < 0) {
    target[start++] = 0x2d;
    rest = -value;
  }
  let digits = 1;
  for (let power = 10; rest >= power; power *= 10) digits += 1;
  return writePadded(target, start, rest, digits);
}

function writePadded(target: Buffer, at: number, value: number, digits: number): number {
  let rest = value;
  for (let index = at + digits - 1; index >= at; index -= 1) {
    const next = Math.floor(rest / 10);
    target[index] = 0x30 + (rest - next * 10);
    rest = next;
  }
  return at + digits;
}

function writeAscii(target: Buffer, at: number, text: string): number {
  return at + target.write(text, at, 'latin1');
}
