/** The part of a logical type that SQL needs; `LogicalType` of the language is assignable to it. */
export type SqlType =
  | { readonly kind: 'integer'; readonly bits: number; readonly signed: boolean }
  | { readonly kind: 'float'; readonly bits: number }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'timestamp'; readonly timezone: boolean }
  | { readonly kind: 'boolean' | 'string' | 'bytes' | 'json' | 'uuid' | 'date' | 'time' };

const INTEGER_NAMES: Readonly<Record<number, string>> = {
  8: 'TINYINT',
  16: 'SMALLINT',
  32: 'INTEGER',
  64: 'BIGINT',
};

/** The DuckDB type that holds a logical type exactly. */
export function duckdbType(type: SqlType): string {
  switch (type.kind) {
    case 'boolean':
      return 'BOOLEAN';
    case 'integer':
      return `${type.signed ? '' : 'U'}${INTEGER_NAMES[type.bits]}`;
    case 'float':
      return type.bits === 32 ? 'FLOAT' : 'DOUBLE';
    case 'decimal':
      return `DECIMAL(${type.precision},${type.scale})`;
    case 'string':
      return 'VARCHAR';
    case 'bytes':
      return 'BLOB';
    case 'json':
      return 'JSON';
    case 'uuid':
      return 'UUID';
    case 'date':
      return 'DATE';
    case 'time':
      return 'TIME';
    case 'timestamp':
      return type.timezone ? 'TIMESTAMPTZ' : 'TIMESTAMP';
  }
}
