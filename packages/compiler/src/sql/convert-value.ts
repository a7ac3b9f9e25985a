import { formatLogicalType, isSameLogicalType, widenLogicalType, type LogicalType } from '@millrace/spec';
import { duckdbDialect, duckdbType, quoteText } from '@millrace/sql';

import { canConvert, textForm } from './lossy-conversion.ts';

const SHOWN_CHARACTERS = 80;

/**
 * A value in another type; NULL of NULL and of what the type does not hold exactly. Undefined when no value of the one type can
 * be one of the other.
 */
export function convertValue(value: string, from: LogicalType, to: LogicalType): string | undefined {
  const type = duckdbType(to);
  if (isWidening(from, to)) return `CAST(${value} AS ${type})`;
  if (from.kind === 'json') return convertValue(jsonScalar(value), { kind: 'string' }, to);
  if (to.kind === 'bytes') return from.kind === 'string' ? `encode(${value})` : undefined;
  const converted = `TRY_CAST(${value} AS ${type})`;
  if (from.kind === 'string') {
    if (to.kind === 'json') return `CASE WHEN json_valid(${value}) THEN CAST(${value} AS JSON) END`;
    const form = textForm(to);
    if (form === undefined) return converted;
    return `CASE WHEN regexp_full_match(${value}, ${quoteText(duckdbDialect, form)}) THEN ${converted} END`;
  }
  if (!canConvert(from, to)) return undefined;
  return `CASE WHEN TRY_CAST(${converted} AS ${duckdbType(from)}) = ${value} THEN ${converted} END`;
}

/** Whether every value of the one type is one of the other. */
export function isWidening(from: LogicalType, to: LogicalType): boolean {
  const widened = widenLogicalType(from, to);
  return (
    (widened !== undefined && isSameLogicalType(widened, to)) ||
    (to.kind === 'string' && from.kind !== 'bytes')
  );
}

/** The text of what a JSON value is; NULL of null. Numbers as they are written: DuckDB's reader makes doubles of them. */
export function jsonScalar(value: string): string {
  return `CASE json_type(${value}) WHEN 'VARCHAR' THEN ${value} ->> '$' WHEN 'NULL' THEN NULL ELSE trim(CAST(${value} AS VARCHAR)) END`;
}

/** Letters of strptime that read an offset, so that the result is an instant. */
const OFFSET = /%[zZ]/;

export function hasOffset(format: string): boolean {
  return OFFSET.test(format.replaceAll('%%', ''));
}

/** Whether a format reads a time of day. */
export function hasClock(format: string): boolean {
  return /%-?[HIMSfgnpcTX]/.test(format.replaceAll('%%', ''));
}

/** A text as the date or time that the first fitting format reads in it; NULL when none does. A time of day is not cut off. */
export function parseMoment(
  value: string,
  formats: readonly string[],
  to: Extract<LogicalType, { kind: 'date' | 'timestamp' }>,
): string {
  const read = formats.map((format) => {
    const parsed = `try_strptime(${value}, ${quoteText(duckdbDialect, format)})`;
    return to.kind === 'timestamp' && to.timezone && !hasOffset(format)
      ? `${parsed} AT TIME ZONE 'UTC'`
      : parsed;
  });
  const moment = read.length === 1 ? (read[0] ?? '') : `coalesce(${read.join(', ')})`;
  if (to.kind === 'timestamp') return `CAST(${moment} AS ${duckdbType(to)})`;
  if (!formats.some((format) => hasClock(format))) return `CAST(${moment} AS DATE)`;
  return `CASE WHEN ${moment} = date_trunc('day', ${moment}) THEN CAST(${moment} AS DATE) END`;
}

/** `converted`, but an error that shows the value where that is NULL and the value is not. */
export function elseError(
  value: string,
  converted: string,
  { subject, fault, advice }: { readonly subject: string; readonly fault: string; readonly advice: string },
): string {
  const error = errorSql([`${subject} holds '`, shown(value), `', ${fault}. ${advice}`]);
  return `coalesce(${converted}, CASE WHEN ${value} IS NOT NULL THEN ${error} END)`;
}

/** What a person is shown of a value. */
export function shown(value: string): { readonly sql: string } {
  return { sql: `coalesce(left(CAST(${value} AS VARCHAR), ${SHOWN_CHARACTERS}), 'NULL')` };
}

/** A call that ends the run with a message of fixed texts and values. */
export function errorSql(parts: readonly (string | { readonly sql: string })[]): string {
  const texts = parts.map((part) => (typeof part === 'string' ? quoteText(duckdbDialect, part) : part.sql));
  return `error(${texts.join(' || ')})`;
}

/** Why a value did not convert. */
export function notExactly(to: LogicalType): string {
  return `which is no ${formatLogicalType(to)}, or would lose something as one`;
}
