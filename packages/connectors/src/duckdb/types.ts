import type { TypeRule } from '@millrace/connector-sdk';
import type { DestinationType, LogicalType } from '@millrace/spec';
import { duckdbType } from '@millrace/sql';

/** The type of a column that holds every value of a logical type. */
export function nativeType(type: LogicalType): string {
  // DuckDB's JSON is VARCHAR with a check that refuses texts other databases accept ("\ud800" alone); its JSON
  // functions and operators take VARCHAR too.
  return type.kind === 'json' ? 'VARCHAR' : duckdbType(type);
}

/** A type name as DuckDB reports it, in the words of `nativeType`. */
export function reportedType(name: string): string {
  return name === 'TIMESTAMP WITH TIME ZONE' ? 'TIMESTAMPTZ' : name;
}

export function destinationType(type: LogicalType): DestinationType {
  const native = nativeType(type);
  if (type.kind !== 'float') return { native };
  // Constant and RLE compression of native storage take -0.0 and 0.0 as equal, whatever compression a column asks for.
  return { native, mapping: 'The sign of zero can be lost: -0.0 may become 0.0.' };
}

/** What each type of a DuckDB file becomes when it is read. */
export const sourceTypes: readonly TypeRule[] = [
  { native: 'BOOLEAN', logical: 'boolean', outcome: 'exact' },
  {
    native: 'TINYINT … BIGINT, UTINYINT … UBIGINT',
    logical: 'int8 … int64, uint8 … uint64',
    outcome: 'exact',
  },
  {
    native: 'HUGEINT, UHUGEINT',
    logical: 'decimal(38, 0)',
    outcome: 'quarantined',
    note: 'Values with 39 digits go to quarantine; all others are exact.',
  },
  { native: 'DECIMAL(p, s)', logical: 'decimal(p, s)', outcome: 'exact' },
  { native: 'FLOAT, DOUBLE', logical: 'float32, float64', outcome: 'exact' },
  { native: 'VARCHAR', logical: 'string', outcome: 'exact' },
  { native: 'BLOB', logical: 'bytes', outcome: 'exact' },
  { native: 'JSON', logical: 'json', outcome: 'exact' },
  { native: 'UUID', logical: 'uuid', outcome: 'exact' },
  { native: 'DATE', logical: 'date', outcome: 'exact' },
  { native: 'TIME', logical: 'time', outcome: 'exact' },
  { native: 'TIMESTAMP, TIMESTAMP_S, TIMESTAMP_MS', logical: 'timestamp', outcome: 'exact' },
  { native: 'TIMESTAMPTZ', logical: 'timestamptz', outcome: 'exact' },
  {
    native: 'TIMESTAMP_NS',
    logical: 'string',
    outcome: 'mapped',
    note: 'Text with all nine digits, because timestamps between systems have six.',
  },
  {
    native: 'TIMETZ, INTERVAL, BIT, ENUM, BIGNUM',
    logical: 'string',
    outcome: 'mapped',
    note: 'The text that DuckDB writes.',
  },
  {
    native: 'LIST, ARRAY, STRUCT, MAP, UNION, VARIANT',
    logical: 'json',
    outcome: 'mapped',
    note: 'JSON text as to_json writes it; numbers keep all digits.',
  },
];
