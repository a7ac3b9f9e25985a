import type { LogicalType, SourceField } from '@millrace/spec';

/** How a DuckDB type is read: the logical type, the expression that gives it, and what is not exact. */
export interface NativeMapping {
  readonly type: LogicalType;
  /** The column as the logical type; absent when it is that already. */
  readonly read?: (column: string) => string;
  readonly mapping?: string;
}

const STRING: LogicalType = { kind: 'string' };
const JSON_TYPE: LogicalType = { kind: 'json' };

const PLAIN: Readonly<Record<string, LogicalType>> = {
  BOOLEAN: { kind: 'boolean' },
  TINYINT: { kind: 'integer', bits: 8, signed: true },
  SMALLINT: { kind: 'integer', bits: 16, signed: true },
  INTEGER: { kind: 'integer', bits: 32, signed: true },
  BIGINT: { kind: 'integer', bits: 64, signed: true },
  UTINYINT: { kind: 'integer', bits: 8, signed: false },
  USMALLINT: { kind: 'integer', bits: 16, signed: false },
  UINTEGER: { kind: 'integer', bits: 32, signed: false },
  UBIGINT: { kind: 'integer', bits: 64, signed: false },
  FLOAT: { kind: 'float', bits: 32 },
  DOUBLE: { kind: 'float', bits: 64 },
  VARCHAR: STRING,
  BLOB: { kind: 'bytes' },
  UUID: { kind: 'uuid' },
  JSON: JSON_TYPE,
  DATE: { kind: 'date' },
  TIME: { kind: 'time' },
  TIMESTAMP: { kind: 'timestamp', timezone: false },
  TIMESTAMPTZ: { kind: 'timestamp', timezone: true },
  'TIMESTAMP WITH TIME ZONE': { kind: 'timestamp', timezone: true },
};

const MICROSECONDS: LogicalType = { kind: 'timestamp', timezone: false };

/** The mapping of a type by the name DuckDB gives it: `DECIMAL(18,3)`, `INTEGER[]`, `ENUM('a', 'b')`. */
export function mapNativeType(native: string): NativeMapping {
  const plain = PLAIN[native];
  if (plain !== undefined) return { type: plain };
  const decimal = /^DECIMAL\((\d+),(\d+)\)$/u.exec(native);
  if (decimal !== null)
    return { type: { kind: 'decimal', precision: Number(decimal[1]), scale: Number(decimal[2]) } };
  if (native === 'TIMESTAMP_S' || native === 'TIMESTAMP_MS') {
    return { type: MICROSECONDS, read: (column) => `CAST(${column} AS TIMESTAMP)` };
  }
  if (/^(STRUCT|MAP|UNION)\(|\[\d*\]$|^VARIANT$/u.test(native)) {
    return {
      type: JSON_TYPE,
      read: (column) => `CAST(to_json(${column}) AS VARCHAR)`,
      mapping: 'Read as JSON text.',
    };
  }
  return {
    type: STRING,
    read: (column) => `CAST(${column} AS VARCHAR)`,
    mapping: `Read as DuckDB writes it: ${native.replace(/\(.*$/su, '')} has no type of its own.`,
  };
}

/** The column of a source field as an expression of its logical type. */
export function readExpression(field: SourceField, column: string): string {
  const mapping = mapNativeType(field.nativeType);
  return mapping.read === undefined ? column : mapping.read(column);
}
