import { duckdbType } from '@millrace/sql';
import type { LogicalType } from '@millrace/spec';

import { textSql } from './check-sql.ts';

/** A number as plain digits, exactly as written: no exponent, no leading plus. Undefined for any other text. */
export function decimalText(value: string | number): string | undefined {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/.exec(String(value).trim());
  if (match === null) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const digits = whole + fraction;
  if (digits === '') return undefined;
  const point = whole.length + Number(exponent);
  const padded = point < 0 ? '0'.repeat(-point) + digits : digits.padEnd(point, '0');
  const before = padded.slice(0, Math.max(0, point)).replace(/^0+(?=\d)/, '') || '0';
  const after = padded.slice(Math.max(0, point)).replace(/0+$/, '');
  const plain = after === '' ? before : `${before}.${after}`;
  return sign === '-' && /[1-9]/.test(plain) ? `-${plain}` : plain;
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?$/;
const ZONE = /(?:Z|[+-]\d{2}(?::?\d{2})?)$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** What DECIMAL holds. */
const MAX_DIGITS = 38;

/**
 * A value of the document as SQL that compares exactly with a column of a type. Undefined when it is no value of that
 * type, or the type has no literals (bytes).
 */
export function literalSql(value: string | number | boolean, type: LogicalType): string | undefined {
  switch (type.kind) {
    case 'boolean':
      return typeof value === 'boolean' ? String(value).toUpperCase() : undefined;
    case 'integer':
    case 'decimal':
    case 'float':
      return numberSql(value, type);
    case 'string':
    case 'json':
      return typeof value === 'string' && !value.includes('\0') ? textSql(value) : undefined;
    case 'uuid':
      return typeof value === 'string' && UUID.test(value) ? `CAST(${textSql(value)} AS UUID)` : undefined;
    case 'date':
    case 'time':
    case 'timestamp':
      return typeof value === 'string' && isMoment(value, type)
        ? `CAST(${textSql(value)} AS ${duckdbType(type)})`
        : undefined;
    case 'bytes':
      return undefined;
  }
}

function numberSql(value: string | number | boolean, type: LogicalType): string | undefined {
  const text = typeof value === 'boolean' ? undefined : decimalText(value);
  if (text === undefined) return undefined;
  if (type.kind === 'float') return `CAST(${textSql(text)} AS ${duckdbType(type)})`;
  const digits = text.replace(/^-/, '').replace('.', '').replace(/^0+/, '');
  return digits.length > MAX_DIGITS ? undefined : text;
}

function isMoment(text: string, type: LogicalType): boolean {
  if (type.kind === 'time') return TIME.test(text);
  if (type.kind === 'date') return isDay(text);
  const [day = '', rest] = text.split(/[ T](.*)/s);
  if (!isDay(day)) return false;
  if (rest === undefined) return true;
  const hasZone = ZONE.test(rest);
  if (hasZone && !(type.kind === 'timestamp' && type.timezone)) return false;
  const clock = rest.replace(ZONE, '');
  return TIME.test(/^\d\d:\d\d$/.test(clock) ? `${clock}:00` : clock);
}

function isDay(text: string): boolean {
  if (!DATE.test(text) || text < '0001-01-01') return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
