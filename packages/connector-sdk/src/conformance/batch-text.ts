import type { LogicalType } from '@millrace/spec';

import { type Batch, valueWidth, type Vector } from '../batch/batch.ts';
import { canonicalFromText } from './canonical-from-text.ts';
import type { TextRow } from './harness.ts';

const MICROS_PER_DAY = 86_400_000_000n;
const INFINITE_MICROS = 2n ** 63n - 1n;
const INFINITE_DAYS = 2n ** 31n - 1n;

/** The rows of a batch as canonical text: the memory layout of `Vector` read byte by byte, slowly and independently. */
export function batchText(batch: Batch, types: readonly LogicalType[]): readonly TextRow[] {
  return Array.from({ length: batch.rows }, (_, row) =>
    types.map((type, index) => {
      const vector = batch.columns[index];
      if (vector === undefined) throw new RangeError(`The batch has no column ${index}`);
      return isNull(vector, row) ? null : cellText(type, vector, row);
    }),
  );
}

function isNull(vector: Vector, row: number): boolean {
  if (vector.validity === null) return false;
  const byte = new Uint8Array(vector.validity)[Math.floor(row / 8)];
  if (byte === undefined) throw new RangeError(`The validity mask ends before row ${row}`);
  return Math.floor(byte / 2 ** (row % 8)) % 2 === 0;
}

function cellText(type: LogicalType, vector: Vector, row: number): string {
  const width = valueWidth(type);
  const bytes = Buffer.from(vector.values, row * width, width);
  switch (type.kind) {
    case 'boolean':
    case 'integer':
      return integerOf(bytes, type.kind === 'integer' && type.signed).toString();
    case 'decimal':
      return scaledText(integerOf(bytes, true), type.scale);
    case 'float': {
      const value = type.bits === 32 ? bytes.readFloatLE() : bytes.readDoubleLE();
      return canonicalFromText(type, String(value));
    }
    case 'date': {
      const days = integerOf(bytes, true);
      if (days === INFINITE_DAYS || days === -INFINITE_DAYS) return days > 0n ? 'infinity' : '-infinity';
      return dayText(days);
    }
    case 'time':
      return clockText(integerOf(bytes, true));
    case 'timestamp': {
      const micros = integerOf(bytes, true);
      if (micros === INFINITE_MICROS || micros === -INFINITE_MICROS)
        return micros > 0n ? 'infinity' : '-infinity';
      const clock = ((micros % MICROS_PER_DAY) + MICROS_PER_DAY) % MICROS_PER_DAY;
      return `${dayText((micros - clock) / MICROS_PER_DAY)} ${clockText(clock)}`;
    }
    case 'uuid': {
      const value = BigInt.asUintN(128, integerOf(bytes, false) ^ (1n << 127n));
      return value
        .toString(16)
        .padStart(32, '0')
        .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
    }
    case 'string':
    case 'json':
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(viewOf(vector, bytes));
    case 'bytes':
      return viewOf(vector, bytes).toString('hex');
  }
}

/** The bytes of an Arrow view; checks what its layout promises. */
function viewOf(vector: Vector, view: Buffer): Buffer {
  const length = view.readInt32LE(0);
  if (length <= 12) {
    if (view.subarray(4 + length).some((byte) => byte !== 0))
      throw new RangeError('An inline view is not padded');
    return view.subarray(4, 4 + length);
  }
  const start = view.readUInt32LE(12);
  if (vector.heap === null || start + length > vector.heapBytes)
    throw new RangeError('A view leaves its heap');
  const found = Buffer.from(vector.heap, start, length);
  if (!found.subarray(0, 4).equals(view.subarray(4, 8))) throw new RangeError('A view has a wrong prefix');
  return found;
}

function integerOf(bytes: Buffer, isSigned: boolean): bigint {
  const value = BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
  return isSigned ? BigInt.asIntN(bytes.length * 8, value) : value;
}

function scaledText(value: bigint, scale: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, '0');
  const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return value < 0n ? `-${text}` : text;
}

function clockText(micros: bigint): string {
  const two = (value: bigint): string => String(value).padStart(2, '0');
  const seconds = micros / 1_000_000n;
  const fraction = String(micros % 1_000_000n).padStart(6, '0');
  return `${two(seconds / 3600n)}:${two((seconds / 60n) % 60n)}:${two(seconds % 60n)}.${fraction}`;
}

/** Counts in whole 400-year cycles, so that `Date` sees only years it can hold. */
function dayText(days: bigint): string {
  const cycles = (days + 719_468n) / 146_097n - (days + 719_468n < 0n ? 1n : 0n);
  const date = new Date(Number(days - cycles * 146_097n) * 86_400_000);
  const year = BigInt(date.getUTCFullYear()) + cycles * 400n;
  const digits = String(year < 0n ? -year : year).padStart(4, '0');
  return `${year < 0n ? '-' : ''}${digits}-${date.toISOString().slice(-19, -14)}`;
}
