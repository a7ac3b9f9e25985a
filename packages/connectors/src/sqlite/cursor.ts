import type { SQLInputValue, SQLOutputValue } from 'node:sqlite';

import { PipelineError, type CursorRange } from '@millrace/connector-sdk';
import { formatLogicalType, type SourceField } from '@millrace/spec';

import { plainDecimal } from './cell-writers.ts';
import { quote } from './quote.ts';
import { formatMicros, parseMicros } from './time-text.ts';

const MICROS_PER_DAY = 86_400_000_000n;
const FRACTION = /^\.\d{1,6}$/;

/** A bound on one column. */
export interface Bound {
  readonly column: string;
  /** A condition that keeps every row of the range and lets an index work; empty for everything. */
  readonly where: string;
  readonly parameters: readonly SQLInputValue[];
  /** The exact condition, for rows that the SQL condition let through. */
  isInRange(value: SQLOutputValue): boolean;
}

/** How a cursor column bounds and orders rows. */
export interface CursorPlan extends Bound {
  /** Takes note of a value; `highest` is the canonical text of the greatest one so far. */
  observe(value: SQLOutputValue): void;
  highest(): string | null;
}

export function planCursor(range: CursorRange, field: SourceField): CursorPlan {
  switch (field.type.kind) {
    case 'integer':
      if (field.type.signed) return planIntegers(range, field.name);
      break;
    case 'float':
      return planFloats(range, field.name);
    case 'string':
      return planStrings(range, field.name);
    case 'date':
      return planTimes(range, field.name, 0n, 10);
    case 'timestamp':
      // Text with offsets sorts by local time, at most a day away from UTC.
      return planTimes(range, field.name, field.type.timezone ? MICROS_PER_DAY : 0n, 26);
    default:
  }
  throw unfit(field);
}

/** Rows at or below a high mark. */
export function planAtMost(field: SourceField, value: string): Bound {
  const column = field.name;
  const plain = (parameter: SQLInputValue): Bound => ({
    column,
    where: `${quote(column)} <= ?`,
    parameters: [parameter],
    isInRange: () => true,
  });
  switch (field.type.kind) {
    case 'integer':
      if (field.type.signed) return plain(BigInt(value));
      break;
    case 'float':
      return plain(Number(value));
    case 'date':
      return plain(value);
    case 'string':
      return { ...plain(value), where: `${quote(column)} COLLATE BINARY <= ?` };
    case 'timestamp': {
      const most = parseMicros(value.replace(/\+00$/, 'Z'));
      if (most === undefined) throw unfit(field);
      // With all six digits, a time sorts after or with every shorter spelling of the same moment.
      const mostText = formatMicros(most);
      return {
        column,
        where: `${quote(column)} IS NOT NULL`,
        parameters: [],
        isInRange: (cell) => typeof cell === 'string' && (comparable(cell) ?? mostText) <= mostText,
      };
    }
    default:
  }
  throw unfit(field);
}

function unfit(field: SourceField): PipelineError {
  return new PipelineError({
    code: 'cursorUnfit',
    blame: 'config',
    retry: 'never',
    message: `${field.name} cannot be a cursor: SQLite does not order ${formatLogicalType(field.type)} values by their meaning. Choose an integer, timestamp or date column, or load.mode: full.`,
  });
}

function planIntegers(range: CursorRange, column: string): CursorPlan {
  let highest: bigint | null = null;
  return {
    ...bound(column, range.from === null ? null : clampToInt64(BigInt(range.from) - range.lookback)),
    isInRange: () => true,
    observe: (value) => {
      if (typeof value === 'bigint' && (highest === null || value > highest)) highest = value;
    },
    highest: () => (highest === null ? null : String(highest)),
  };
}

function planFloats(range: CursorRange, column: string): CursorPlan {
  let highest: number | null = null;
  return {
    ...bound(column, range.from === null ? null : Number(range.from) - Number(range.lookback)),
    isInRange: () => true,
    observe: (value) => {
      const number = typeof value === 'string' || value === null ? Number.NaN : Number(value);
      if (!Number.isNaN(number) && (highest === null || number > highest)) highest = number;
    },
    highest: () => (highest === null ? null : plainDecimal(highest)),
  };
}

function planStrings(range: CursorRange, column: string): CursorPlan {
  let highest: string | null = null;
  return {
    column,
    where: range.from === null ? '' : `${quote(column)} COLLATE BINARY >= ?`,
    parameters: range.from === null ? [] : [range.from],
    isInRange: () => true,
    observe: (value) => {
      if (typeof value === 'string' && (highest === null || compareUtf8(value, highest) > 0)) highest = value;
    },
    highest: () => highest,
  };
}

/** Times are text: `2024-01-01`, `2024-01-01T10:00`, `2024-01-01 10:00:00.5+02:00` are all met in one column. */
function planTimes(range: CursorRange, column: string, slack: bigint, length: number): CursorPlan {
  let highest: string | null = null;
  const from = range.from === null ? undefined : parseMicros(range.from.replace(/\+00$/, 'Z'));
  if (range.from !== null && from === undefined) {
    throw new PipelineError({
      code: 'positionLost',
      blame: 'platform',
      retry: 'never',
      message: `The saved high mark ${JSON.stringify(range.from)} of ${column} is not a time. Run once with --full-refresh.`,
    });
  }
  const least = from === undefined ? null : from - range.lookback;
  const leastText = least === null ? null : stripZeros(formatMicros(least));
  return {
    // Every spelling of a moment on or after a day sorts at or after the day's own text.
    ...bound(column, least === null ? null : formatMicros(least - slack).slice(0, 10)),
    isInRange: (value) =>
      leastText === null || typeof value !== 'string' || (comparable(value) ?? leastText) >= leastText,
    observe: (value) => {
      const text = typeof value === 'string' ? comparable(value) : undefined;
      if (text === undefined || (highest !== null && text <= highest)) return;
      if (parseMicros(text) !== undefined) highest = text;
    },
    highest: () => (highest === null ? null : formatMicros(parseMicros(highest) ?? 0n).slice(0, length)),
  };
}

/** Text that sorts as the moment does: a space between day and time, UTC. Undefined for what is no time. */
function comparable(text: string): string | undefined {
  if (text.length === 10) return text;
  if (
    text.charCodeAt(16) === 0x3a &&
    (text.length === 19 || (text.length > 19 && FRACTION.test(text.slice(19))))
  ) {
    return text.charCodeAt(10) === 0x20 ? text : `${text.slice(0, 10)} ${text.slice(11)}`;
  }
  const micros = parseMicros(text);
  return micros === undefined ? undefined : formatMicros(micros);
}

/** Without zeros at the end, a time sorts before or with every longer spelling of the same moment. */
function stripZeros(text: string): string {
  return text.replace(/\.?0+$/, '').replace(/(?: 00)?(?::00)*$/, '');
}

function bound(column: string, value: SQLInputValue): Pick<Bound, 'column' | 'where' | 'parameters'> {
  return value === null
    ? { column, where: '', parameters: [] }
    : { column, where: `${quote(column)} >= ?`, parameters: [value] };
}

function clampToInt64(value: bigint): bigint {
  const least = -(2n ** 63n);
  return value < least ? least : value;
}

function compareUtf8(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left, 'utf8'), Buffer.from(right, 'utf8'));
}
