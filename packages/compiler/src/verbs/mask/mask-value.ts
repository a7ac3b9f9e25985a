import type { Field, LogicalType } from '@millrace/spec';
import { duckdbDialect, duckdbType, quoteText } from '@millrace/sql';

import { literalSql } from '../../checks/literal.ts';
import { quote } from '../../transform/columns.ts';
import type { StepOf } from '../../transform/transform-verb.ts';
import { keyedHash, shiftDays, type KeySql } from './keyed-hash.ts';

export type Masking = StepOf<'mask'>['mask']['columns'][string];

/** Methods whose SQL says all in one expression. */
type Simple = Exclude<Masking['method'], 'tokenize' | 'reveal' | 'drop'>;

/** Why a method cannot mask a column: a setting of the method, or the type of the column. */
export type MaskProblem =
  | { readonly setting: string; readonly reason: string }
  | { readonly expected: string };

/** The value of a column as text, in one form for each value. */
export function canonicalText(field: Field): string {
  return field.type.kind === 'string' ? quote(field.name) : `CAST(${quote(field.name)} AS VARCHAR)`;
}

/** The masked value of a column. */
export function maskValue(
  field: Field,
  masking: Extract<Masking, { method: Simple }>,
  subject: Field | undefined,
  key: KeySql,
): string | MaskProblem {
  const value = quote(field.name);
  switch (masking.method) {
    case 'hash':
      return keyedHash('hash', canonicalText(field), key);
    case 'redact': {
      const constant = redacted(field.type, masking.with);
      if (constant === undefined)
        return { setting: 'with', reason: 'must be a value of the type of the column' };
      return `CASE WHEN ${value} IS NOT NULL THEN ${constant} END`;
    }
    case 'partial':
      return field.type.kind === 'string' ? partial(value, masking) : { expected: 'string' };
    case 'generalize':
      return generalized(value, field.type, masking);
    case 'shiftDate': {
      if (field.type.kind !== 'date' && field.type.kind !== 'timestamp')
        return { expected: 'a date or a timestamp' };
      if (subject === undefined) return { setting: 'subject', reason: 'is no column' };
      return shifted(value, field.type, shiftDays(canonicalText(subject), masking.days ?? 365, key));
    }
  }
}

const REDACTED: Readonly<Record<LogicalType['kind'], string>> = {
  string: "'[redacted]'",
  json: `'"[redacted]"'`,
  bytes: "''",
  boolean: 'FALSE',
  integer: '0',
  float: '0',
  decimal: '0',
  uuid: "'00000000-0000-0000-0000-000000000000'",
  date: "'1970-01-01'",
  time: "'00:00:00'",
  timestamp: "'1970-01-01 00:00:00'",
};

function redacted(type: LogicalType, wanted: string | number | boolean | undefined): string | undefined {
  const literal = wanted === undefined ? REDACTED[type.kind] : literalSql(wanted, type);
  return literal === undefined ? undefined : `CAST(${literal} AS ${duckdbType(type)})`;
}

function partial(
  value: string,
  { first = 0, last = 0, fill = '*' }: Extract<Masking, { method: 'partial' }>,
): string {
  const sign = quoteText(duckdbDialect, fill);
  const hidden = `repeat(${sign}, length(${value}) - ${first + last})`;
  const parts = [
    ...(first === 0 ? [] : [`left(${value}, ${first})`]),
    hidden,
    ...(last === 0 ? [] : [`right(${value}, ${last})`]),
  ];
  return `CASE WHEN length(${value}) > ${first + last} THEN ${parts.join(' || ')} ELSE repeat(${sign}, length(${value})) END`;
}

function generalized(
  value: string,
  type: LogicalType,
  { size, unit, prefix }: Extract<Masking, { method: 'generalize' }>,
): string | MaskProblem {
  switch (type.kind) {
    case 'integer':
    case 'decimal':
      if (size === undefined)
        return { setting: 'size', reason: 'is missing: numbers need the size of a range' };
      // A remainder has the sign of the number; the lower end is below it.
      return `${value} - ((${value} % ${size} + ${size}) % ${size})`;
    case 'float':
      if (size === undefined)
        return { setting: 'size', reason: 'is missing: numbers need the size of a range' };
      return `CAST(floor(${value} / ${size}) * ${size} AS ${duckdbType(type)})`;
    case 'date':
    case 'timestamp': {
      if (unit === undefined) return { setting: 'unit', reason: 'is missing: dates and times need a period' };
      if (type.kind === 'date' && unit === 'hour')
        return { setting: 'unit', reason: 'cannot be hour for a date' };
      if (type.kind === 'timestamp' && type.timezone)
        return `date_trunc('${unit}', ${value} AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'`;
      return `CAST(date_trunc('${unit}', ${value}) AS ${duckdbType(type)})`;
    }
    case 'string':
      if (prefix === undefined)
        return { setting: 'prefix', reason: 'is missing: texts need how many characters stay' };
      return `left(${value}, ${prefix})`;
    default:
      return { expected: 'a number, a date, a timestamp or a string' };
  }
}

/** Infinity stays; a subject that is not known moves by nothing that anybody could tell, so the date is NULL. */
function shifted(
  value: string,
  type: Extract<LogicalType, { kind: 'date' | 'timestamp' }>,
  days: string,
): string {
  const moved =
    type.kind === 'date'
      ? `${value} + ${days}`
      : type.timezone
        ? `(${value} AT TIME ZONE 'UTC' + to_days(${days})) AT TIME ZONE 'UTC'`
        : `${value} + to_days(${days})`;
  return `CASE WHEN isfinite(${value}) THEN ${moved} ELSE ${value} END`;
}
