import type { CanonicalType } from './digest-duckdb.ts';

const DECIMAL = /^DECIMAL\((\d+),\s*(\d+)\)$/u;

const PLAIN: ReadonlyMap<string, CanonicalType> = new Map<string, CanonicalType>([
  ['BOOLEAN', { kind: 'boolean' }],
  ['TINYINT', { kind: 'integer', bits: 8, signed: true }],
  ['SMALLINT', { kind: 'integer', bits: 16, signed: true }],
  ['INTEGER', { kind: 'integer', bits: 32, signed: true }],
  ['BIGINT', { kind: 'integer', bits: 64, signed: true }],
  ['UTINYINT', { kind: 'integer', bits: 8, signed: false }],
  ['USMALLINT', { kind: 'integer', bits: 16, signed: false }],
  ['UINTEGER', { kind: 'integer', bits: 32, signed: false }],
  ['UBIGINT', { kind: 'integer', bits: 64, signed: false }],
  ['FLOAT', { kind: 'float', bits: 32 }],
  ['DOUBLE', { kind: 'float', bits: 64 }],
  ['VARCHAR', { kind: 'string' }],
  ['BLOB', { kind: 'bytes' }],
  ['UUID', { kind: 'uuid' }],
  ['JSON', { kind: 'json' }],
  ['DATE', { kind: 'date' }],
  ['TIME', { kind: 'time' }],
  ['TIMESTAMP', { kind: 'timestamp', timezone: false }],
  ['TIMESTAMPTZ', { kind: 'timestamp', timezone: true }],
  ['TIMESTAMP WITH TIME ZONE', { kind: 'timestamp', timezone: true }],
]);

/**
 * The logical type that a DuckDB type is, by the name DuckDB gives it; the inverse of `duckdbType`. Undefined for a type that is none, like
 * `HUGEINT`, `INTEGER[]` or `INTERVAL`.
 */
export function parseDuckdbType(native: string): CanonicalType | undefined {
  const plain = PLAIN.get(native);
  if (plain !== undefined) return plain;
  const decimal = DECIMAL.exec(native);
  return decimal === null
    ? undefined
    : { kind: 'decimal', precision: Number(decimal[1]), scale: Number(decimal[2]) };
}
