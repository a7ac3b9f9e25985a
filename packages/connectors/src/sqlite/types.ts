import type { TypeRule } from '@millrace/connector-sdk';
import type { DestinationType, LogicalType } from '@millrace/spec';

export type Affinity = 'integer' | 'text' | 'blob' | 'real' | 'numeric';

/** Rules 1 to 5 of https://sqlite.org/datatype3.html#determination_of_column_affinity, in their order. */
export function affinityOf(declaredType: string): Affinity {
  const type = declaredType.toUpperCase();
  if (type.includes('INT')) return 'integer';
  if (type.includes('CHAR') || type.includes('CLOB') || type.includes('TEXT')) return 'text';
  if (type === '' || type.includes('BLOB')) return 'blob';
  if (type.includes('REAL') || type.includes('FLOA') || type.includes('DOUB')) return 'real';
  return 'numeric';
}

const INT64: LogicalType = { kind: 'integer', bits: 64, signed: true };
const FLOAT64: LogicalType = { kind: 'float', bits: 64 };
const DECLARATION = /^([^(]*)(?:\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\))?(.*)$/s;

/** The type a declaration asks for, or undefined where it asks for none (no type, `NUMERIC` without a precision, `ANY`). */
export function declaredLogicalType(declaredType: string): LogicalType | undefined {
  const [, name = '', first, second, rest = ''] = DECLARATION.exec(declaredType.trim().toUpperCase()) ?? [];
  const base = `${name} ${rest}`.trim().replace(/\s+/g, ' ');
  switch (base) {
    case 'BOOLEAN':
    case 'BOOL':
      return { kind: 'boolean' };
    case 'DATE':
      return { kind: 'date' };
    case 'TIME':
      return { kind: 'time' };
    case 'DATETIME':
    case 'TIMESTAMP':
    case 'TIMESTAMP WITHOUT TIME ZONE':
      return { kind: 'timestamp', timezone: false };
    case 'TIMESTAMPTZ':
    case 'DATETIMETZ':
    case 'TIMESTAMP WITH TIME ZONE':
      return { kind: 'timestamp', timezone: true };
    case 'JSON':
    case 'JSON TEXT':
      return { kind: 'json' };
    case 'UUID':
    case 'GUID':
    case 'UNIQUEIDENTIFIER':
      return { kind: 'uuid' };
    case 'UNSIGNED TEXT':
      return { kind: 'integer', bits: 64, signed: false };
    case 'DECIMAL TEXT':
    case 'DECIMAL':
    case 'NUMERIC':
    case 'DEC':
    case 'NUMBER':
      return decimalOf(first, second);
    default:
      return logicalTypeOfAffinity(affinityOf(declaredType), declaredType);
  }
}

function decimalOf(
  precisionText: string | undefined,
  scaleText: string | undefined,
): LogicalType | undefined {
  if (precisionText === undefined) return undefined;
  const precision = Number(precisionText);
  const scale = Number(scaleText ?? '0');
  const isValid = precision >= 1 && precision <= 38 && scale <= precision;
  return isValid ? { kind: 'decimal', precision, scale } : undefined;
}

function logicalTypeOfAffinity(affinity: Affinity, declaredType: string): LogicalType | undefined {
  switch (affinity) {
    case 'integer':
      return INT64;
    case 'real':
      return FLOAT64;
    case 'text':
      return { kind: 'string' };
    case 'blob':
      return declaredType === '' ? undefined : { kind: 'bytes' };
    case 'numeric':
      return undefined;
  }
}

const STORED_AS_IS =
  'SQLite does not enforce the declared type; a value of another storage class is quarantined.';

export const sourceTypes: readonly TypeRule[] = [
  {
    native: 'type with INT in its name',
    logical: 'int64',
    outcome: 'exact',
    note: `Text and reals in it are quarantined. ${STORED_AS_IS}`,
  },
  { native: 'REAL, FLOAT, DOUBLE', logical: 'float64', outcome: 'exact' },
  {
    native: 'DECIMAL(p, s), NUMERIC(p, s) with p <= 38',
    logical: 'decimal(p, s)',
    outcome: 'mapped',
    note: 'Integers and decimal text are exact. A REAL is read as the shortest decimal that denotes it and quarantined when that has more than s decimals.',
  },
  {
    native: 'NUMERIC without a precision, other names, no type',
    logical: 'int64, float64, bytes or string',
    outcome: 'mapped',
    note: 'By the storage classes of the first 1,000 rows; string when they differ or there are none, numbers then in their shortest text.',
  },
  {
    native: 'CHAR, VARCHAR, CLOB, TEXT',
    logical: 'string',
    outcome: 'exact',
    note: 'Invalid UTF-8 is quarantined.',
  },
  { native: 'BLOB', logical: 'bytes', outcome: 'exact' },
  {
    native: 'BOOLEAN',
    logical: 'boolean',
    outcome: 'exact',
    note: 'Integers 0 and 1; everything else is quarantined.',
  },
  { native: 'DATE', logical: 'date', outcome: 'exact', note: 'Text YYYY-MM-DD.' },
  { native: 'TIME', logical: 'time', outcome: 'exact', note: 'Text HH:MM[:SS[.ffffff]].' },
  {
    native: 'DATETIME, TIMESTAMP',
    logical: 'timestamp; timestamptz when the first rows carry offsets',
    outcome: 'exact',
    note: 'Text YYYY-MM-DD[ HH:MM[:SS[.ffffff]]]; a missing part is zero. Where the first rows hold only numbers, the column keeps the numbers.',
  },
  {
    native: 'JSON',
    logical: 'json',
    outcome: 'exact',
    note: 'Text that is not JSON is quarantined. SQLite turns a bare number into an integer or real.',
  },
  {
    native: 'UUID, GUID',
    logical: 'uuid',
    outcome: 'exact',
    note: 'Text; columns of 16-byte blobs arrive as bytes.',
  },
];

/**
 * What a logical type becomes in an SQLite table. Each name reads back as the type or a wider one,
 * and has TEXT affinity wherever SQLite would turn text that looks like a number into one.
 */
export function destinationType(type: LogicalType): DestinationType {
  switch (type.kind) {
    case 'boolean':
      return { native: 'BOOLEAN', mapping: 'Integers 0 and 1.' };
    case 'integer':
      return type.bits === 64 && !type.signed
        ? {
            native: 'UNSIGNED TEXT',
            mapping: 'Decimal digits as text: SQLite integers end at 9223372036854775807.',
          }
        : { native: 'INTEGER' };
    case 'float':
      return {
        native: 'REAL',
        mapping: 'SQLite has no NaN, so such rows go to quarantine; -0 becomes 0.',
      };
    case 'decimal':
      return {
        native: `DECIMAL TEXT(${type.precision}, ${type.scale})`,
        mapping: `Text with exactly ${type.scale} decimals: SQLite has no decimal type.`,
      };
    case 'string':
      return { native: 'TEXT' };
    case 'bytes':
      return { native: 'BLOB' };
    case 'json':
      return { native: 'JSON TEXT', mapping: 'Text, byte for byte.' };
    case 'uuid':
      return { native: 'UUID', mapping: 'Text in lower case with hyphens.' };
    case 'date':
      return { native: 'DATE', mapping: 'Text YYYY-MM-DD.' };
    case 'time':
      return { native: 'TIME', mapping: 'Text HH:MM:SS[.ffffff].' };
    case 'timestamp':
      return type.timezone
        ? { native: 'TIMESTAMPTZ', mapping: 'Text YYYY-MM-DD HH:MM:SS[.ffffff]+00 in UTC.' }
        : { native: 'TIMESTAMP', mapping: 'Text YYYY-MM-DD HH:MM:SS[.ffffff].' };
  }
}

/** DuckDB predicate over `{column}`: true for values that a destination column cannot keep. */
export function destinationRejects(type: LogicalType): string | undefined {
  return type.kind === 'float' ? 'isnan({column})' : undefined;
}
