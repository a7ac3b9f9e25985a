import type { LogicalType } from '@millrace/spec';

/** A column type as information_schema gives it. */
export interface NativeType {
  /** `bigint`, without length or sign. */
  readonly dataType: string;
  /** `bigint(20) unsigned`. */
  readonly columnType: string;
  readonly precision: number;
  readonly scale: number;
  readonly characterSet: string | null;
  /** MariaDB's JSON is LONGTEXT with a json_valid check. */
  readonly isCheckedJson: boolean;
}

export interface ReadType {
  readonly type: LogicalType;
  readonly mapping?: string;
  readonly form: ReadForm;
}

/**
 * How a column is selected so that the server's text is exact.
 * `number`: as a number, not in its display form. `double`: widened, for FLOAT's text has six digits only.
 */
export type ReadForm = 'plain' | 'number' | 'double';

const MAX_DECIMAL_DIGITS = 38;
const INTEGER_BITS: Readonly<Record<string, 8 | 16 | 32 | 64>> = {
  tinyint: 8,
  smallint: 16,
  mediumint: 32,
  int: 32,
  bigint: 64,
};
const TEXT_TYPES = new Set(['char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext', 'enum', 'set']);
const BYTES_TYPES = new Set(['binary', 'varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob']);
const GEOMETRY_TYPES = new Set(
  'geometry point linestring polygon multipoint multilinestring multipolygon geometrycollection geomcollection'.split(
    ' ',
  ),
);

export const MAPPINGS = {
  wideDecimal: 'more digits than any decimal here: the decimal text',
  time: 'reaches from -838:59:59 to 838:59:59, so it is not a time of day: the text [-]HHH:MM:SS[.ffffff]',
  geometry: "the server's own form: SRID as 4 bytes, little endian, then WKB",
  vector: 'the numbers as float32, little endian, one after the other',
  other: "the server's text form",
} as const;

/** The logical type of a column and the form it is selected in. */
export function readTypeOf(native: NativeType): ReadType {
  const { dataType } = native;
  const bits = INTEGER_BITS[dataType];
  if (bits !== undefined) {
    const type: LogicalType = { kind: 'integer', bits, signed: !native.columnType.includes('unsigned') };
    return { type, form: native.columnType.includes('zerofill') ? 'number' : 'plain' };
  }
  if (TEXT_TYPES.has(dataType)) {
    if (native.characterSet === 'binary') return { type: { kind: 'bytes' }, form: 'plain' };
    return { type: { kind: native.isCheckedJson ? 'json' : 'string' }, form: 'plain' };
  }
  if (BYTES_TYPES.has(dataType)) return { type: { kind: 'bytes' }, form: 'plain' };
  if (GEOMETRY_TYPES.has(dataType))
    return { type: { kind: 'bytes' }, mapping: MAPPINGS.geometry, form: 'plain' };
  switch (dataType) {
    case 'decimal':
      return readDecimal(native);
    case 'float':
      return { type: { kind: 'float', bits: 32 }, form: 'double' };
    case 'double':
      // DOUBLE(m, d) is printed with d digits.
      return {
        type: { kind: 'float', bits: 64 },
        form: native.columnType.includes('(') ? 'double' : 'plain',
      };
    case 'bit':
      if (native.precision === 1) return { type: { kind: 'boolean' }, form: 'number' };
      return { type: { kind: 'integer', bits: 64, signed: false }, form: 'number' };
    case 'date':
      return { type: { kind: 'date' }, form: 'plain' };
    case 'datetime':
      return { type: { kind: 'timestamp', timezone: false }, form: 'plain' };
    case 'timestamp':
      return { type: { kind: 'timestamp', timezone: true }, form: 'plain' };
    case 'time':
      return { type: { kind: 'string' }, mapping: MAPPINGS.time, form: 'plain' };
    case 'year':
      return { type: { kind: 'integer', bits: 16, signed: true }, form: 'plain' };
    case 'json':
      return { type: { kind: 'json' }, form: 'plain' };
    case 'uuid':
      return { type: { kind: 'uuid' }, form: 'plain' };
    case 'vector':
      return { type: { kind: 'bytes' }, mapping: MAPPINGS.vector, form: 'plain' };
    default:
      return { type: { kind: 'string' }, mapping: MAPPINGS.other, form: 'plain' };
  }
}

function readDecimal(native: NativeType): ReadType {
  const form = native.columnType.includes('zerofill') ? 'number' : 'plain';
  if (native.precision > MAX_DECIMAL_DIGITS)
    return { type: { kind: 'string' }, mapping: MAPPINGS.wideDecimal, form };
  return { type: { kind: 'decimal', precision: native.precision, scale: native.scale }, form };
}
