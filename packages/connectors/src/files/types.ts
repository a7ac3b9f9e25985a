import type { TypeRule } from '@millrace/connector-sdk';
import type { DestinationType, LogicalType } from '@millrace/spec';

/** Type words in the settings' `columns` and in manifests; the same words that plans and reference pages use. */
export const TYPE_WORD =
  /^(?:boolean|u?int(?:8|16|32|64)|float(?:32|64)|decimal\(\s*\d{1,2}\s*,\s*\d{1,2}\s*\)|string|bytes|json|uuid|date|time|timestamp|timestamptz)$/;

const INTEGER = /^(u?)int(8|16|32|64)$/;
const FLOAT = /^float(32|64)$/;
const DECIMAL = /^decimal\(\s*(\d+)\s*,\s*(\d+)\s*\)$/;

/** The logical type of a word such as `int64` or `decimal(18, 2)`; undefined when there is none. */
export function parseTypeWord(word: string): LogicalType | undefined {
  const integer = INTEGER.exec(word);
  if (integer !== null) return { kind: 'integer', bits: bitsOf(integer[2]), signed: integer[1] === '' };
  const float = FLOAT.exec(word);
  if (float !== null) return { kind: 'float', bits: float[1] === '32' ? 32 : 64 };
  const decimal = DECIMAL.exec(word);
  if (decimal !== null) {
    const precision = Number(decimal[1]);
    const scale = Number(decimal[2]);
    return precision >= 1 && precision <= 38 && scale <= precision
      ? { kind: 'decimal', precision, scale }
      : undefined;
  }
  switch (word) {
    case 'boolean':
    case 'string':
    case 'bytes':
    case 'json':
    case 'uuid':
    case 'date':
    case 'time':
      return { kind: word };
    case 'timestamp':
      return { kind: 'timestamp', timezone: false };
    case 'timestamptz':
      return { kind: 'timestamp', timezone: true };
    default:
      return undefined;
  }
}

function bitsOf(text: string | undefined): 8 | 16 | 32 | 64 {
  return text === '8' ? 8 : text === '16' ? 16 : text === '32' ? 32 : 64;
}

export const sourceTypes: readonly TypeRule[] = [
  {
    native: 'csv: declared column',
    logical: 'the declared type',
    outcome: 'exact',
    note: 'A value that the type cannot hold is quarantined, never NULL.',
  },
  {
    native: 'csv: detected whole numbers',
    logical: 'int64',
    outcome: 'exact',
    note: 'Numbers with leading zeros or plus signs stay string.',
  },
  {
    native: 'csv: detected decimals, all with s digits after the point',
    logical: 'decimal(38, s)',
    outcome: 'exact',
  },
  {
    native: 'csv: detected numbers of other forms',
    logical: 'float64',
    outcome: 'mapped',
    note: 'The nearest double; declare decimal(p, s) or string to keep the digits.',
  },
  {
    native: 'csv: detected true/false, dates, times, timestamps, uuids',
    logical: 'boolean, date, time, timestamp, timestamptz, uuid',
    outcome: 'exact',
    note: 'Only when every sampled value has the form.',
  },
  { native: 'csv: everything else', logical: 'string', outcome: 'exact' },
  {
    native: 'jsonl: objects, arrays, values of several kinds',
    logical: 'json',
    outcome: 'exact',
    note: 'The text as it stands in the file; JSON null is NULL.',
  },
  {
    native: 'jsonl: numbers',
    logical: 'int64, decimal(38, s) or float64',
    outcome: 'exact',
    note: 'As for csv.',
  },
  { native: 'jsonl: strings', logical: 'string, or what every sampled one spells', outcome: 'exact' },
  {
    native:
      'parquet: INT, UINT, FLOAT, DOUBLE, DECIMAL, BOOLEAN, VARCHAR, BLOB, UUID, DATE, TIME, TIMESTAMP, TIMESTAMPTZ',
    logical: 'the type of that name',
    outcome: 'exact',
  },
  {
    native: 'parquet: LIST, STRUCT, MAP, UNION',
    logical: 'json',
    outcome: 'mapped',
    note: 'As JSON text written by DuckDB.',
  },
  {
    native: 'parquet: TIMESTAMP_NS, HUGEINT, TIMETZ, INTERVAL, others',
    logical: 'timestamp, decimal(38, 0) or string',
    outcome: 'mapped',
    note: 'Nanoseconds that are not zero and integers beyond 38 digits are quarantined; others arrive as DuckDB prints them.',
  },
];

/** What a column becomes in published files; csv and jsonl hold its canonical text. */
export function destinationType(type: LogicalType): DestinationType {
  switch (type.kind) {
    case 'boolean':
      return { native: 'BOOLEAN' };
    case 'integer':
      return {
        native: `${type.signed ? '' : 'U'}${{ 8: 'TINYINT', 16: 'SMALLINT', 32: 'INTEGER', 64: 'BIGINT' }[type.bits]}`,
      };
    case 'float':
      return { native: type.bits === 32 ? 'FLOAT' : 'DOUBLE' };
    case 'decimal':
      return { native: `DECIMAL(${type.precision}, ${type.scale})` };
    case 'string':
      return { native: 'VARCHAR' };
    case 'bytes':
      return { native: 'BLOB', mapping: 'In csv and jsonl: lower-case hexadecimal behind \\x.' };
    case 'json':
      return { native: 'JSON' };
    case 'uuid':
      return { native: 'UUID' };
    case 'date':
      return { native: 'DATE' };
    case 'time':
      return { native: 'TIME' };
    case 'timestamp':
      return { native: type.timezone ? 'TIMESTAMPTZ' : 'TIMESTAMP' };
  }
}
