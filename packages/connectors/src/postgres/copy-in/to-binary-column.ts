import { valueWidth, type Vector } from '@millrace/connector-sdk';
import type { LogicalType } from '@millrace/spec';

import type { BinaryColumn } from './binary-column.ts';
import { DateColumn, Int32Column, Int64Column, SmallColumn, TimestampColumn } from './binary-fixed.ts';
import { NumericFormat } from './binary-numeric.ts';
import { BytesColumn, NumericColumn, TextColumn, unscaledReader } from './binary-variable.ts';

/** A column in the type that `destinationType` gives it. */
export function toBinaryColumn(type: LogicalType, vector: Vector): BinaryColumn {
  switch (type.kind) {
    case 'boolean': {
      const values = new Uint8Array(vector.values);
      return new SmallColumn(vector, 1, (row, target, at) => target.setUint8(at, values[row] as number));
    }
    case 'integer':
      return integerColumn(type, vector);
    case 'float':
      return type.bits === 32 ? new Int32Column(vector) : new Int64Column(vector);
    case 'decimal': {
      const read = unscaledReader(valueWidth(type), vector.values);
      return new NumericColumn(vector, new NumericFormat(type.scale), read);
    }
    case 'string':
      return new TextColumn(vector);
    case 'json':
    case 'bytes':
      return new BytesColumn(vector);
    case 'uuid': {
      const values = new DataView(vector.values);
      return new SmallColumn(vector, 16, (row, target, at) => {
        target.setBigUint64(at, values.getBigUint64(row * 16 + 8, true) ^ (1n << 63n));
        target.setBigUint64(at + 8, values.getBigUint64(row * 16, true));
      });
    }
    case 'date':
      return new DateColumn(vector);
    case 'time':
      return new Int64Column(vector);
    case 'timestamp':
      return new TimestampColumn(vector);
  }
}

function integerColumn(type: Extract<LogicalType, { kind: 'integer' }>, vector: Vector): BinaryColumn {
  const { bits, signed } = type;
  if (bits === 32 && signed) return new Int32Column(vector);
  if (bits === 64 && signed) return new Int64Column(vector);
  if (bits === 64) {
    const values = new BigUint64Array(vector.values);
    return new NumericColumn(vector, new NumericFormat(0), (row) => values[row] as bigint);
  }
  if (bits === 32) {
    const values = new Uint32Array(vector.values);
    return new SmallColumn(vector, 8, (row, target, at) => {
      target.setInt32(at, 0);
      target.setUint32(at + 4, values[row] as number);
    });
  }
  if (bits === 16 && !signed) {
    const values = new Uint16Array(vector.values);
    return new SmallColumn(vector, 4, (row, target, at) => target.setInt32(at, values[row] as number));
  }
  const values =
    bits === 16
      ? new Int16Array(vector.values)
      : signed
        ? new Int8Array(vector.values)
        : new Uint8Array(vector.values);
  return new SmallColumn(vector, 2, (row, target, at) => target.setInt16(at, values[row] as number));
}
