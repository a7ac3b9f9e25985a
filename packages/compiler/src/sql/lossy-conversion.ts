import { isSameLogicalType, widenLogicalType, type LogicalType } from '@millrace/spec';
import { duckdbDialect, duckdbType, quoteText } from '@millrace/sql';

const DAY = '-?\\d{1,6}-\\d{1,2}-\\d{1,2}';
const CLOCK = '\\d{1,2}:\\d{2}(:\\d{2}(\\.\\d{1,6}0*)?)?';
const INFINITY = '-?infinity';

/**
 * A condition that is true of values that do not convert to a type, or lose something on the way; null of NULL.
 * Undefined when no value of the one type can be one of the other.
 */
export function lossyConversion(value: string, from: LogicalType, to: LogicalType): string | undefined {
  const widened = widenLogicalType(from, to);
  if (widened !== undefined && isSameLogicalType(widened, to)) return 'false';
  if (to.kind === 'string') return from.kind === 'bytes' ? undefined : 'false';
  if (from.kind === 'string' || from.kind === 'json') return lossyText(value, to);
  if (!canConvert(from, to)) return undefined;
  const converted = `TRY_CAST(${value} AS ${duckdbType(to)})`;
  const back = `TRY_CAST(${converted} AS ${duckdbType(from)})`;
  return `${value} IS NOT NULL AND ${back} IS DISTINCT FROM ${value}`;
}

/** DuckDB's casts of text cut fractions, times and zones off, so the text must also have the form of its type. */
function lossyText(value: string, to: LogicalType): string {
  const form = textForm(to);
  if (to.kind === 'bytes') return 'false';
  if (to.kind === 'json') return `NOT json_valid(${value})`;
  const fails = `${value} IS NOT NULL AND TRY_CAST(${value} AS ${duckdbType(to)}) IS NULL`;
  return form === undefined
    ? fails
    : `NOT regexp_full_match(${value}, ${quoteText(duckdbDialect, form)}) OR ${fails}`;
}

/** The form that a text must have to be of a type without a loss; undefined where DuckDB's cast alone tells. */
export function textForm(type: LogicalType): string | undefined {
  switch (type.kind) {
    case 'integer':
      return '[+-]?\\d+';
    case 'decimal':
      return `[+-]?\\d*(\\.\\d{0,${type.scale}}0*)?`;
    case 'date':
      return `${DAY}|${INFINITY}`;
    case 'time':
      return CLOCK;
    case 'timestamp':
      return `${DAY}([ T]${CLOCK}${type.timezone ? '( ?(Z|UTC|[+-]\\d{2}(:?\\d{2})?))?' : ''})?|${INFINITY}`;
    default:
      return undefined;
  }
}

const NUMBERS: readonly LogicalType['kind'][] = ['integer', 'decimal', 'float'];

export function canConvert(from: LogicalType, to: LogicalType): boolean {
  if (NUMBERS.includes(from.kind) && (NUMBERS.includes(to.kind) || to.kind === 'boolean')) return true;
  if (from.kind === 'boolean') return NUMBERS.includes(to.kind);
  if (from.kind === 'timestamp' && to.kind === 'timestamp') return from.timezone === to.timezone;
  return from.kind === 'timestamp' && to.kind === 'date' && !from.timezone;
}
