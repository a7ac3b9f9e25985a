import { buffers } from './buffer-pool.ts';
import { asciiText, ColumnWriter, type RowState } from './column-writer.ts';
import { parseDigits, parseTwoDigits, storeBigInt64, storeInt64 } from './digits.ts';

const MICROS_PER_DAY = 86_400_000_000;
const INFINITE_DAYS = 2 ** 31 - 1;
/** DuckDB's widest dates: 5877642-06-25 BC to 5881580-07-10. */
const MIN_DAYS = -(2 ** 31) + 2;
const MAX_DAYS = 2 ** 31 - 2;
const MAX_INT64 = 2n ** 63n - 1n;
/** Whole days whose microseconds stay below 2^53. */
const EXACT_DAYS = 104_249;

/** `YYYY-MM-DD`, with ` BC`, more year digits, `infinity` and `-infinity`. */
export class DateWriter extends ColumnWriter {
  #days: Int32Array;

  constructor(state: RowState, index: number, capacity: number) {
    super(state, index, 4, capacity);
    this.#days = new Int32Array(buffers.take(capacity * 4));
  }

  setText(row: number, bytes: Uint8Array, start: number, end: number): void {
    const days = end - start === 10 ? parseDay(bytes, start) : Number.NaN;
    const value = Number.isNaN(days) ? parseRareDate(bytes, start, end) : days;
    if (Number.isNaN(value)) this.rejectText(bytes, start, end, 'is not a date');
    else this.#days[row] = value;
  }

  protected takeValues(capacity: number) {
    const values = this.#days.buffer;
    this.#days = new Int32Array(buffers.take(capacity * 4));
    return { values, heap: null, heapBytes: 0 };
  }
}

/** `YYYY-MM-DD HH:MM:SS[.ffffff]` with `T` or a space, ` BC`, infinities, and for instants `Z` or an offset. */
export class TimestampWriter extends ColumnWriter {
  #words: Int32Array;
  readonly #hasZone: boolean;

  constructor(state: RowState, index: number, hasZone: boolean, capacity: number) {
    super(state, index, 8, capacity);
    this.#hasZone = hasZone;
    this.#words = new Int32Array(buffers.take(capacity * 8));
  }

  setText(row: number, bytes: Uint8Array, start: number, end: number): void {
    if (end - start >= 19 && (bytes[start + 10] === 0x20 || bytes[start + 10] === 0x54)) {
      let stop = end;
      // `+00` is how PostgreSQL prints every instant under TimeZone=UTC.
      if (this.#hasZone && bytes[end - 3] === 0x2b && bytes[end - 2] === 0x30 && bytes[end - 1] === 0x30)
        stop -= 3;
      const days = parseDay(bytes, start);
      const micros = parseTimeOfDay(bytes, start + 11, stop);
      if (days >= -EXACT_DAYS && days <= EXACT_DAYS && micros < MICROS_PER_DAY) {
        storeInt64(this.#words, row, days * MICROS_PER_DAY + micros);
        return;
      }
    }
    const value = parseRareTimestamp(bytes, start, end, this.#hasZone);
    if (value === undefined)
      this.rejectText(bytes, start, end, this.#hasZone ? 'is not an instant' : 'is not a timestamp');
    else storeBigInt64(this.#words, row, value);
  }

  protected takeValues(capacity: number) {
    const values = this.#words.buffer;
    this.#words = new Int32Array(buffers.take(capacity * 8));
    return { values, heap: null, heapBytes: 0 };
  }
}

/** `HH:MM:SS[.ffffff]`, 00:00:00 to 24:00:00. */
export class TimeWriter extends ColumnWriter {
  #words: Int32Array;

  constructor(state: RowState, index: number, capacity: number) {
    super(state, index, 8, capacity);
    this.#words = new Int32Array(buffers.take(capacity * 8));
  }

  setText(row: number, bytes: Uint8Array, start: number, end: number): void {
    const micros = parseTimeOfDay(bytes, start, end);
    if (!(micros <= MICROS_PER_DAY)) this.rejectText(bytes, start, end, 'is not a time of day');
    else storeInt64(this.#words, row, micros);
  }

  protected takeValues(capacity: number) {
    const values = this.#words.buffer;
    this.#words = new Int32Array(buffers.take(capacity * 8));
    return { values, heap: null, heapBytes: 0 };
  }
}

const MONTH_DAYS = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const DAYS_BEFORE_MONTH = [0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** Days since 1970-01-01 of a day in the proleptic Gregorian calendar (year 0 is 1 BC); NaN when there is no such day. */
function daysOf(year: number, month: number, day: number): number {
  if (!(month >= 1 && month <= 12 && day >= 1)) return Number.NaN;
  const isLeap = isLeapYear(year);
  if (day > (MONTH_DAYS[month] as number) + (isLeap && month === 2 ? 1 : 0)) return Number.NaN;
  const before = year - 1;
  const leapDays = Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400);
  const dayOfYear = (DAYS_BEFORE_MONTH[month] as number) + (isLeap && month > 2 ? 1 : 0) + day - 1;
  return before * 365 + leapDays + dayOfYear - 719162;
}

/** The ten bytes `YYYY-MM-DD` at `at`; NaN when they are anything else or year 0000. */
function parseDay(bytes: Uint8Array, at: number): number {
  if (bytes[at + 4] !== 0x2d || bytes[at + 7] !== 0x2d) return Number.NaN;
  const high = parseTwoDigits(bytes, at);
  const low = parseTwoDigits(bytes, at + 2);
  if (high > 99 || low > 99 || high + low === 0) return Number.NaN;
  return daysOf(high * 100 + low, parseTwoDigits(bytes, at + 5), parseTwoDigits(bytes, at + 8));
}

/** Microseconds of `HH:MM:SS[.f{1,6}]`; NaN when it is anything else or beyond 24:00:00. */
function parseTimeOfDay(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 8 || bytes[start + 2] !== 0x3a || bytes[start + 5] !== 0x3a) return Number.NaN;
  const hours = parseTwoDigits(bytes, start);
  const minutes = parseTwoDigits(bytes, start + 3);
  const seconds = parseTwoDigits(bytes, start + 6);
  if (hours > 24 || minutes > 59 || seconds > 59) return Number.NaN;
  let micros = ((hours * 60 + minutes) * 60 + seconds) * 1_000_000;
  if (end - start > 8) {
    if (bytes[start + 8] !== 0x2e) return Number.NaN;
    let last = end;
    while (last - start > 15 && bytes[last - 1] === 0x30) last -= 1;
    if (last - start > 15) return Number.NaN;
    const fraction = parseDigits(bytes, start + 9, last);
    micros += fraction * 10 ** (15 - (last - start));
  }
  return micros <= MICROS_PER_DAY ? micros : Number.NaN;
}

const RARE_DATE = /^(-?\d{1,7})-(\d{2})-(\d{2})( BC)?$/;
const RARE_TIMESTAMP =
  /^(-?\d{1,7})-(\d{2})-(\d{2})[ T](\d{2}:\d{2}:\d{2}(?:\.\d{1,12})?)(Z|[+-]\d{2}(?::?\d{2}(?::\d{2})?)?)?( BC)?$/;

function parseRareDate(bytes: Uint8Array, start: number, end: number): number {
  const text = asciiText(bytes, start, Math.min(end, start + 64));
  if (text === 'infinity') return INFINITE_DAYS;
  if (text === '-infinity') return -INFINITE_DAYS;
  const parts = RARE_DATE.exec(text);
  if (parts === null || end - start > 64) return Number.NaN;
  const days = daysOf(astronomicalYear(parts[1], parts[4]), Number(parts[2]), Number(parts[3]));
  return days >= MIN_DAYS && days <= MAX_DAYS ? days : Number.NaN;
}

function parseRareTimestamp(
  bytes: Uint8Array,
  start: number,
  end: number,
  hasZone: boolean,
): bigint | undefined {
  const text = asciiText(bytes, start, Math.min(end, start + 80));
  if (text === 'infinity') return MAX_INT64;
  if (text === '-infinity') return -MAX_INT64;
  const parts = RARE_TIMESTAMP.exec(text);
  // A wall-clock reading with a zone is a value of the other type.
  if (parts === null || (!hasZone && parts[5] !== undefined)) return undefined;
  const days = daysOf(astronomicalYear(parts[1], parts[6]), Number(parts[2]), Number(parts[3]));
  const clock = Buffer.from(parts[4] ?? '', 'latin1');
  const micros = parseTimeOfDay(clock, 0, clock.length);
  if (Number.isNaN(days) || Number.isNaN(micros)) return undefined;
  const value = BigInt(days) * BigInt(MICROS_PER_DAY) + BigInt(micros) - zoneOffsetMicros(parts[5]);
  return value > -MAX_INT64 && value < MAX_INT64 ? value : undefined;
}

/** Year 1 BC is 0; a year 0000 without an era is no year. */
function astronomicalYear(digits: string | undefined, era: string | undefined): number {
  const year = Number(digits);
  if (era !== undefined) return year >= 1 ? 1 - year : Number.NaN;
  return year === 0 ? Number.NaN : year;
}

function zoneOffsetMicros(zone: string | undefined): bigint {
  if (zone === undefined || zone === 'Z') return 0n;
  const [hours = '0', minutes = '0', seconds = '0'] = zone.slice(1).match(/\d{2}/g) ?? [];
  const total = BigInt((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000_000n;
  return zone.startsWith('-') ? -total : total;
}
