import { isUtf8 } from 'node:buffer';

import { type Batch, isViewType, type Vector, valueWidth } from '@millrace/connector-sdk';
import { type Field, formatLogicalType, type LogicalType } from '@millrace/spec';

import type { PackedBatch, PackedColumn } from './packed-batch.ts';

const MICROS_PER_DAY = 86_400_000_000;
const TWO_32 = 4_294_967_296;
const INLINE_BYTES = 12;

/**
 * The batch that the sandbox sent, as vectors. DuckDB takes lengths, offsets and values on trust, and whoever broke out of the
 * isolate may have written them: everything that could make DuckDB read or decide wrongly is checked. Throws a RangeError.
 */
export function unpackBatch(packed: PackedBatch, fields: readonly Field[]): Batch {
  if (!Number.isSafeInteger(packed.rows) || packed.rows < 0 || packed.columns.length !== fields.length) {
    throw new RangeError('The batch has not the shape of its schema.');
  }
  const columns = fields.map((field, index) =>
    unpackColumn(packed.columns[index] as PackedColumn, field, packed.rows),
  );
  return { kind: 'batch', rows: packed.rows, columns, rejected: [] };
}

/** The row of the batch that each row of output comes from. Throws a RangeError unless they are rows of it, in their order. */
export function unpackOrigins(column: PackedColumn | undefined, rows: number, inputRows: number): Int32Array {
  if (column === undefined || column.values.byteLength !== rows * 4) {
    throw new RangeError('The rows do not tell where they come from.');
  }
  const origins = new Int32Array(column.values);
  let last = 0;
  for (const origin of origins) {
    if (origin < last || origin >= inputRows) throw new RangeError('A row comes from no row of the batch.');
    last = origin;
  }
  return origins;
}

function unpackColumn(column: PackedColumn, { name, type, nullable }: Field, rows: number): Vector {
  const fail = (what: string): never => {
    throw new RangeError(`Column ${JSON.stringify(name)} (${formatLogicalType(type)}) ${what}.`);
  };
  const valid = column.valid === null ? null : new Uint8Array(column.valid);
  if (valid !== null && valid.length !== rows) fail('has no byte per row for NULL');
  if (valid !== null && !nullable && valid.includes(0)) fail('holds NULL');
  const validity = valid === null ? null : toBits(valid);
  if (isViewType(type)) {
    const views = toViews(column, valid, rows, type.kind !== 'bytes', fail);
    return { values: views, validity, heap: column.heap, heapBytes: column.heap?.byteLength ?? 0 };
  }
  if (column.values.byteLength !== rows * valueWidth(type)) fail('has the wrong number of bytes');
  checkValues(type, column.values, valid, rows, fail);
  return { values: column.values, validity, heap: null, heapBytes: 0 };
}

function toBits(valid: Uint8Array): ArrayBuffer {
  const bits = new Uint8Array(Math.ceil(valid.length / 64) * 8);
  for (let row = 0; row < valid.length; row += 1) {
    if (valid[row] !== 0) bits[row >> 3] = (bits[row >> 3] as number) | (1 << (row & 7));
  }
  return bits.buffer;
}

function toViews(
  { values, heap }: PackedColumn,
  valid: Uint8Array | null,
  rows: number,
  isText: boolean,
  fail: (what: string) => never,
): ArrayBuffer {
  if (heap === null || values.byteLength !== (rows + 1) * 4) return fail('has no offsets');
  const offsets = new Uint32Array(values);
  const bytes = new Uint8Array(heap);
  if (isText && !isUtf8(bytes)) fail('is not UTF-8');
  const words = new Int32Array(rows * 4);
  const inline = new Uint8Array(words.buffer);
  let start = offsets[0] as number;
  for (let row = 0; row < rows; row += 1) {
    const end = offsets[row + 1] as number;
    const length = end - start;
    if (length < 0 || end > bytes.length) fail('has offsets outside of its heap');
    if (length > 0 && isText && ((bytes[start] as number) & 0xc0) === 0x80) fail('is not UTF-8');
    if (valid === null || valid[row] !== 0) {
      const word = row * 4;
      words[word] = length;
      if (length <= INLINE_BYTES) {
        for (let at = 0; at < length; at += 1) inline[row * 16 + 4 + at] = bytes[start + at] as number;
      } else {
        for (let at = 0; at < 4; at += 1) inline[row * 16 + 4 + at] = bytes[start + at] as number;
        words[word + 3] = start;
      }
    }
    start = end;
  }
  return words.buffer;
}

function checkValues(
  type: LogicalType,
  values: ArrayBuffer,
  valid: Uint8Array | null,
  rows: number,
  fail: (what: string) => never,
): void {
  const isGood = valueCheck(type, values);
  if (isGood === undefined) return;
  for (let row = 0; row < rows; row += 1) {
    if ((valid === null || valid[row] !== 0) && !isGood(row)) fail('holds a value outside of its type');
  }
}

/** Undefined where every pattern of bits is a value. */
function valueCheck(type: LogicalType, values: ArrayBuffer): ((row: number) => boolean) | undefined {
  switch (type.kind) {
    case 'boolean': {
      const bytes = new Uint8Array(values);
      return (row) => (bytes[row] as number) <= 1;
    }
    case 'decimal':
      return decimalCheck(type.precision, values);
    case 'date': {
      const days = new Int32Array(values);
      return (row) => (days[row] as number) > -(2 ** 31);
    }
    case 'time': {
      const words = new Int32Array(values);
      return (row) => {
        const micros = (words[row * 2 + 1] as number) * TWO_32 + ((words[row * 2] as number) >>> 0);
        return micros >= 0 && micros <= MICROS_PER_DAY;
      };
    }
    case 'timestamp': {
      const words = new Int32Array(values);
      return (row) => words[row * 2 + 1] !== -(2 ** 31) || words[row * 2] !== 0;
    }
    default:
      return undefined;
  }
}

function decimalCheck(precision: number, values: ArrayBuffer): (row: number) => boolean {
  if (precision <= 9) {
    const small = precision <= 4 ? new Int16Array(values) : new Int32Array(values);
    const limit = 10 ** precision;
    return (row) => Math.abs(small[row] as number) < limit;
  }
  const words = new BigInt64Array(values);
  const limit = 10n ** BigInt(precision);
  const isWithin = (value: bigint) => value < limit && value > -limit;
  if (precision <= 18) return (row) => isWithin(words[row] as bigint);
  return (row) =>
    isWithin(((words[row * 2 + 1] as bigint) << 64n) | BigInt.asUintN(64, words[row * 2] as bigint));
}
