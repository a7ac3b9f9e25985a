import type { TypeRule } from '@millrace/connector-sdk';
import type { DestinationType, LogicalType } from '@millrace/spec';

/** A column's type as the catalogue gives it, domains resolved to what they are made of. */
export interface NativeType {
  /** Name in `pg_type`, without schema: `int8`, `bpchar`, `_text`. */
  readonly name: string;
  /** True for types of `pg_catalog`; others only share a name with them. */
  readonly isBuiltIn: boolean;
  /** `atttypmod`, or the domain's; -1 when there is none. */
  readonly modifier: number;
}

export interface MappedType {
  readonly type: LogicalType;
  readonly mapping?: string;
}

const STRING: LogicalType = { kind: 'string' };

const EXACT: Readonly<Record<string, LogicalType>> = {
  bool: { kind: 'boolean' },
  int2: { kind: 'integer', bits: 16, signed: true },
  int4: { kind: 'integer', bits: 32, signed: true },
  int8: { kind: 'integer', bits: 64, signed: true },
  oid: { kind: 'integer', bits: 32, signed: false },
  float4: { kind: 'float', bits: 32 },
  float8: { kind: 'float', bits: 64 },
  text: STRING,
  varchar: STRING,
  bpchar: STRING,
  name: STRING,
  char: STRING,
  bytea: { kind: 'bytes' },
  json: { kind: 'json' },
  jsonb: { kind: 'json' },
  uuid: { kind: 'uuid' },
  date: { kind: 'date' },
  time: { kind: 'time' },
  timestamp: { kind: 'timestamp', timezone: false },
  timestamptz: { kind: 'timestamp', timezone: true },
};

/** What `read` delivers for a type. Everything it does not know by name arrives as the server's own text. */
export function sourceType(native: NativeType): MappedType {
  if (!native.isBuiltIn) return { type: STRING, mapping: 'The text that PostgreSQL prints for the value.' };
  if (native.name === 'numeric') return numericType(native.modifier);
  if (native.name === 'money') {
    return {
      type: { kind: 'decimal', precision: 19, scale: 2 },
      mapping: 'The amount under lc_monetary C, which has two decimal places.',
    };
  }
  if (native.name === 'interval') return { type: STRING, mapping: 'ISO 8601 text: P1Y2M3DT4H5M6.789S.' };
  const exact = Object.hasOwn(EXACT, native.name) ? EXACT[native.name] : undefined;
  return exact === undefined
    ? { type: STRING, mapping: 'The text that PostgreSQL prints for the value.' }
    : { type: exact };
}

function numericType(modifier: number): MappedType {
  if (modifier < 4)
    return { type: STRING, mapping: 'Exact decimal text, because the column sets no limit of digits.' };
  const precision = ((modifier - 4) >> 16) & 0xffff;
  // Since PostgreSQL 15 the scale is a signed number of 11 bits.
  const scale = (((modifier - 4) & 0x7ff) ^ 1024) - 1024;
  const digits = scale < 0 ? precision - scale : Math.max(precision, scale);
  if (digits > 38)
    return { type: STRING, mapping: 'Exact decimal text, because the column can have more than 38 digits.' };
  return { type: { kind: 'decimal', precision: digits, scale: Math.max(scale, 0) } };
}

/** The type of a destination column. */
export function destinationType(type: LogicalType): DestinationType {
  switch (type.kind) {
    case 'boolean':
      return { native: 'boolean' };
    case 'integer':
      return { native: integerType(type) };
    case 'float':
      return { native: type.bits === 32 ? 'real' : 'double precision' };
    case 'decimal':
      return { native: `numeric(${type.precision},${type.scale})` };
    case 'string':
      return {
        native: 'text',
        mapping: 'Rows with U+0000 in the text go to quarantine: PostgreSQL cannot store it.',
      };
    case 'bytes':
      return { native: 'bytea' };
    case 'json':
      return { native: 'json', mapping: 'Rows whose text is not JSON go to quarantine.' };
    case 'uuid':
      return { native: 'uuid' };
    case 'date':
      return {
        native: 'date',
        mapping: 'Rows with days before 4713 BC or after 5874897 AD go to quarantine.',
      };
    case 'time':
      return { native: 'time without time zone' };
    case 'timestamp':
      return {
        native: type.timezone ? 'timestamp with time zone' : 'timestamp without time zone',
        mapping: 'Rows with times before 4713 BC go to quarantine.',
      };
  }
}

function integerType(type: Extract<LogicalType, { kind: 'integer' }>): string {
  if (type.bits === 8) return 'smallint';
  if (type.bits === 16) return type.signed ? 'smallint' : 'integer';
  if (type.bits === 32) return type.signed ? 'integer' : 'bigint';
  return type.signed ? 'bigint' : 'numeric(20,0)';
}

/** DuckDB predicate over `{column}`: true for values that a destination column cannot keep. */
export function destinationRejects(type: LogicalType): string | undefined {
  switch (type.kind) {
    case 'string':
      return 'contains({column}, chr(0))';
    case 'json':
      return '(contains({column}::VARCHAR, chr(0)) OR NOT json_valid({column}::VARCHAR))';
    case 'date':
      return `(isfinite({column}) AND ({column} < DATE '4714-11-24 (BC)' OR {column} > DATE '5874897-12-31'))`;
    case 'timestamp':
      return `(isfinite({column}) AND {column} < ${type.timezone ? `TIMESTAMPTZ '4714-11-24 (BC) 00:00:00+00'` : `TIMESTAMP '4714-11-24 (BC) 00:00:00'`})`;
    default:
      return undefined;
  }
}

const PRINTED = 'Arrives as the text that PostgreSQL prints.';

/** The type table: the reference page and the conformance tests are made from it. */
export const sourceTypes: readonly TypeRule[] = [
  { native: 'boolean', logical: 'boolean', outcome: 'exact' },
  { native: 'smallint', logical: 'int16', outcome: 'exact' },
  { native: 'integer', logical: 'int32', outcome: 'exact' },
  { native: 'bigint', logical: 'int64', outcome: 'exact' },
  { native: 'oid', logical: 'uint32', outcome: 'exact' },
  { native: 'real', logical: 'float32', outcome: 'exact' },
  { native: 'double precision', logical: 'float64', outcome: 'exact' },
  {
    native: 'numeric(p, s) with at most 38 digits',
    logical: 'decimal(p, s)',
    outcome: 'quarantined',
    note: 'Exact, but for NaN, which no decimal can hold: its row goes to quarantine.',
  },
  {
    native: 'numeric, numeric(p, s) with more than 38 digits',
    logical: 'string',
    outcome: 'mapped',
    note: 'Arrives as exact decimal text; NaN and Infinity too.',
  },
  {
    native: 'money',
    logical: 'decimal(19, 2)',
    outcome: 'mapped',
    note: 'The amount under lc_monetary C, which has two decimal places.',
  },
  { native: 'text, varchar(n), name, "char"', logical: 'string', outcome: 'exact' },
  {
    native: 'char(n)',
    logical: 'string',
    outcome: 'exact',
    note: 'With its padding, as PostgreSQL prints it.',
  },
  { native: 'bytea', logical: 'bytes', outcome: 'exact' },
  {
    native: 'json, jsonb',
    logical: 'json',
    outcome: 'exact',
    note: 'The text PostgreSQL prints: json as it was written, jsonb as it was normalised at the source.',
  },
  { native: 'uuid', logical: 'uuid', outcome: 'exact' },
  { native: 'date', logical: 'date', outcome: 'exact' },
  { native: 'time', logical: 'time', outcome: 'exact' },
  {
    native: 'timestamp',
    logical: 'timestamp',
    outcome: 'quarantined',
    note: 'Exact to 294247-01-10, infinities and years before Christ included; later values go to quarantine.',
  },
  {
    native: 'timestamp with time zone',
    logical: 'timestamptz',
    outcome: 'quarantined',
    note: 'As timestamp.',
  },
  {
    native: 'time with time zone',
    logical: 'string',
    outcome: 'mapped',
    note: 'Arrives with its offset: 13:51:30.123789+02.',
  },
  {
    native: 'interval',
    logical: 'string',
    outcome: 'mapped',
    note: 'Arrives as ISO 8601 text: P1Y2M3DT4H5M6.789S.',
  },
  { native: 'bit(n), varbit', logical: 'string', outcome: 'mapped', note: 'Arrives as digits: 101.' },
  {
    native: 'arrays, ranges, multiranges, composite types',
    logical: 'string',
    outcome: 'mapped',
    note: `${PRINTED} Bounds and NULL elements are kept.`,
  },
  { native: 'enum', logical: 'string', outcome: 'mapped', note: 'Arrives as its label.' },
  {
    native: 'domain',
    logical: 'as its base type',
    outcome: 'mapped',
    note: 'As the base type, with the limits of the domain.',
  },
  {
    native: 'inet, cidr, macaddr, macaddr8, xml, tsvector, tsquery, geometric types, and types of extensions',
    logical: 'string',
    outcome: 'mapped',
    note: PRINTED,
  },
];
