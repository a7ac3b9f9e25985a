import type { LogicalType } from '@millrace/spec';
import { parseDuckdbType } from '@millrace/sql';

/** How a DuckDB type is read: the logical type, the expression that gives it, and what is not exact. */
export interface NativeMapping {
  readonly type: LogicalType;
  /** The column as the logical type; absent when it is that already. */
  readonly read?: (column: string) => string;
  readonly mapping?: string;
}

const STRING: LogicalType = { kind: 'string' };
const JSON_TYPE: LogicalType = { kind: 'json' };

const MICROSECONDS: LogicalType = { kind: 'timestamp', timezone: false };
const WIDE_INTEGER: LogicalType = { kind: 'decimal', precision: 38, scale: 0 };

const asText = (column: string): string => `CAST(${column} AS VARCHAR)`;

/** The mapping of a type by the name DuckDB gives it: `DECIMAL(18,3)`, `INTEGER[]`, `ENUM('a', 'b')`. */
export function mapNativeType(native: string): NativeMapping {
  const exact = parseDuckdbType(native);
  if (exact !== undefined) return { type: exact };
  // Parquet has no such integers and DuckDB writes them as DOUBLE; as text, a value that does not fit is seen and rejected.
  if (native === 'HUGEINT' || native === 'UHUGEINT') return { type: WIDE_INTEGER, read: asText };
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
  const name = native.replace(/\(.*$/su, '');
  return {
    type: STRING,
    read: asText,
    mapping: `Read as the text DuckDB writes: ${name} is no type between systems.`,
  };
}

/** The column of a source field as an expression of its logical type. */
export function readExpression(field: { readonly nativeType?: string }, column: string): string {
  const read = field.nativeType === undefined ? undefined : mapNativeType(field.nativeType).read;
  return read === undefined ? column : read(column);
}
