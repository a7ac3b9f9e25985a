import type { BatchBuffer, Vector } from '@millrace/connector-sdk';
import type { LogicalType } from '@millrace/spec';

/**
 * A cursor value that can be compared: integers as they are, decimals scaled to an integer, dates and timestamps in
 * microseconds since 1970, text as text.
 */
export type CursorValue = bigint | string;

const DAY_US = 86_400_000_000n;
const TEMPORAL = /^(-?\d{4,})-(\d\d)-(\d\d)(?: (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?)?$/;

/** Reads the canonical text of a cursor value; undefined when the type has no order that is understood here. */
export function parseCursorValue(type: LogicalType, text: string): CursorValue | undefined {
  switch (type.kind) {
    case 'integer':
      return /^-?\d+$/.test(text) ? BigInt(text) : undefined;
    case 'decimal': {
      const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
      if (match === null) return undefined;
      const scaled = BigInt((match[2] ?? '') + (match[3] ?? '').padEnd(type.scale, '0'));
      return match[1] === '-' ? -scaled : scaled;
    }
    case 'date':
    case 'timestamp':
      return parseMicroseconds(text, type.kind);
    case 'string':
      return text;
    default:
      return undefined;
  }
}

/** Negative, zero or positive; values of one column only. */
export function compareCursorValues(left: CursorValue, right: CursorValue): number {
  if (typeof left === 'string' && typeof right === 'string')
    return Buffer.compare(Buffer.from(left), Buffer.from(right));
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The lower bound of a look-back window; text cursors have none. */
export function subtractLookback(value: CursorValue, lookback: bigint): CursorValue {
  return typeof value === 'string' ? value : value - lookback;
}

/** Reads the values of a cursor column by row; the row must have a value. Undefined for types that cannot be cursors. */
export function cursorReader(type: LogicalType, vector: Vector): ((row: number) => CursorValue) | undefined {
  const { values } = vector;
  switch (type.kind) {
    case 'integer':
      return integerReader(values, type.bits, type.signed);
    case 'decimal':
      return type.precision <= 4
        ? integerReader(values, 16, true)
        : type.precision <= 9
          ? integerReader(values, 32, true)
          : type.precision <= 18
            ? integerReader(values, 64, true)
            : hugeReader(values);
    case 'date': {
      const days = new Int32Array(values);
      return (row) => BigInt(days[row] ?? 0) * DAY_US;
    }
    case 'timestamp':
      return integerReader(values, 64, true);
    case 'string': {
      const bytes = new Uint8Array(values);
      const view = new DataView(values);
      const heap = vector.heap === null ? null : new Uint8Array(vector.heap);
      return (row) => {
        const length = view.getInt32(row * 16, true);
        if (length <= 12 || heap === null)
          return Buffer.from(bytes.buffer, row * 16 + 4, length).toString('utf8');
        return Buffer.from(heap.buffer, view.getUint32(row * 16 + 12, true), length).toString('utf8');
      };
    }
    default:
      return undefined;
  }
}

/**
 * The same values as the nearest doubles, without an allocation per row; undefined where there is no fast way. Rounding
 * keeps the order: a value that is not below another is not below it here either.
 */
export function roughCursorReader(
  type: LogicalType,
  { values }: Vector,
): ((row: number) => number) | undefined {
  if (type.kind === 'date') {
    const days = new Int32Array(values);
    return (row) => (days[row] ?? 0) * Number(DAY_US);
  }
  const isInteger = type.kind === 'integer';
  if (!isInteger && type.kind !== 'timestamp' && !(type.kind === 'decimal' && type.precision <= 18))
    return undefined;
  const bits = isInteger
    ? type.bits
    : type.kind === 'decimal' && type.precision <= 9
      ? type.precision <= 4
        ? 16
        : 32
      : 64;
  const signed = !isInteger || type.signed;
  if (bits !== 64) {
    const array = signed ? signedArray(values, bits) : unsignedArray(values, bits);
    return (row) => array[row] ?? 0;
  }
  const low = new Uint32Array(values, 0, (values.byteLength >> 3) * 2);
  const high = signed ? new Int32Array(values, 0, low.length) : low;
  return (row) => (high[row * 2 + 1] ?? 0) * 4_294_967_296 + (low[row * 2] ?? 0);
}

function integerReader(
  values: BatchBuffer,
  bits: 8 | 16 | 32 | 64,
  signed: boolean,
): (row: number) => bigint {
  if (bits === 64) {
    const array = signed
      ? new BigInt64Array(values, 0, values.byteLength >> 3)
      : new BigUint64Array(values, 0, values.byteLength >> 3);
    return (row) => array[row] ?? 0n;
  }
  const array = signed ? signedArray(values, bits) : unsignedArray(values, bits);
  return (row) => BigInt(array[row] ?? 0);
}

function signedArray(values: BatchBuffer, bits: 8 | 16 | 32): Int8Array | Int16Array | Int32Array {
  return bits === 8 ? new Int8Array(values) : bits === 16 ? new Int16Array(values) : new Int32Array(values);
}

function unsignedArray(values: BatchBuffer, bits: 8 | 16 | 32): Uint8Array | Uint16Array | Uint32Array {
  return bits === 8
    ? new Uint8Array(values)
    : bits === 16
      ? new Uint16Array(values)
      : new Uint32Array(values);
}

function hugeReader(values: BatchBuffer): (row: number) => bigint {
  const view = new DataView(values);
  return (row) => (view.getBigInt64(row * 16 + 8, true) << 64n) | view.getBigUint64(row * 16, true);
}

function parseMicroseconds(text: string, kind: 'date' | 'timestamp'): bigint | undefined {
  const limit = kind === 'date' ? 2147483647n * DAY_US : 9223372036854775807n;
  if (text === 'infinity') return limit;
  if (text === '-infinity') return -limit;
  const match = TEMPORAL.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = ''] = match;
  const days = daysFromCivil(Number(year), Number(month), Number(day));
  const seconds = (BigInt(hour) * 60n + BigInt(minute)) * 60n + BigInt(second);
  return BigInt(days) * DAY_US + seconds * 1_000_000n + BigInt(fraction.padEnd(6, '0'));
}

/** Days since 1970-01-01 in the proleptic Gregorian calendar (Hinnant's algorithm). */
function daysFromCivil(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return (
    era * 146_097 +
    yearOfEra * 365 +
    Math.floor(yearOfEra / 4) -
    Math.floor(yearOfEra / 100) +
    dayOfYear -
    719_468
  );
}
