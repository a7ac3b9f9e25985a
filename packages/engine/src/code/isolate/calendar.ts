const MICROS_PER_DAY = 86_400_000_000;
const MICROS_PER_DAY_BIG = 86_400_000_000n;
const INFINITE_DAYS = 2 ** 31 - 1;
/** Days whose microseconds, with an offset, stay exact in a number. */
const EXACT_DAYS = 104_000;
const ZERO = 0x30;
const MINUS = 0x2d;
const POINT = 0x2e;
const COLON = 0x3a;
const SPACE = 0x20;
const T = 0x54;
const INFINITE_MICROS = 2n ** 63n - 1n;
const MONTH_DAYS = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const DAYS_BEFORE_MONTH = [0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

const TWO_DIGITS = Array.from({ length: 100 }, (_, value) => String(value).padStart(2, '0'));

/** `2024-02-29`; years are astronomical (0000 is 1 BC) with four digits or more. */
export function formatDay(days: number): string {
  if (days === INFINITE_DAYS) return 'infinity';
  if (days === -INFINITE_DAYS) return '-infinity';
  // Howard Hinnant's civil_from_days.
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const yearText = String(Math.abs(year)).padStart(4, '0');
  return `${year < 0 ? '-' : ''}${yearText}-${TWO_DIGITS[month]}-${TWO_DIGITS[day]}`;
}

/** `13:05:00.000000`, always six places, so that texts sort as the times do. */
export function formatTime(micros: number): string {
  const seconds = Math.floor(micros / 1_000_000);
  const minutes = Math.floor(seconds / 60);
  const rest = micros - seconds * 1_000_000;
  const decimals = rest === 0 ? '000000' : String(rest).padStart(6, '0');
  return `${TWO_DIGITS[Math.floor(minutes / 60)]}:${TWO_DIGITS[minutes % 60]}:${TWO_DIGITS[seconds % 60]}.${decimals}`;
}

/** `2024-02-29T13:05:00.000000`, with `Z` behind an instant. */
export function formatTimestamp(micros: number | bigint, zone: string): string {
  if (typeof micros === 'number') {
    const days = Math.floor(micros / MICROS_PER_DAY);
    return `${dayText(days)}T${formatTime(micros - days * MICROS_PER_DAY)}${zone}`;
  }
  if (micros === INFINITE_MICROS) return 'infinity';
  if (micros === -INFINITE_MICROS) return '-infinity';
  const rest = ((micros % MICROS_PER_DAY_BIG) + MICROS_PER_DAY_BIG) % MICROS_PER_DAY_BIG;
  return `${dayText(Number((micros - rest) / MICROS_PER_DAY_BIG))}T${formatTime(Number(rest))}${zone}`;
}

const known = new Map<number, string>();

function dayText(days: number): string {
  const text = known.get(days);
  if (text !== undefined) return text;
  if (known.size > 10_000) known.clear();
  const fresh = formatDay(days);
  known.set(days, fresh);
  return fresh;
}

/** Days since 1970-01-01; undefined when the text is no day of the calendar. */
export function parseDay(text: string): number | undefined {
  if (text.length === 10 && text.charCodeAt(0) !== MINUS) return parseCommonDay(text);
  if (text === 'infinity') return INFINITE_DAYS;
  if (text === '-infinity') return -INFINITE_DAYS;
  const parts = /^(-?\d{4,7})-(\d{2})-(\d{2})$/.exec(text);
  if (parts === null || parts[1] === '-0000') return undefined;
  const days = daysOf(Number(parts[1]), Number(parts[2]), Number(parts[3]));
  return days !== undefined && Math.abs(days) < INFINITE_DAYS ? days : undefined;
}

/** Microseconds of the day, up to 24:00:00. */
export function parseTime(text: string): number | undefined {
  return parseTimeAt(text, 0, text.length);
}

/**
 * Microseconds since 1970, as a number where that is exact. An instant needs `Z` or an offset; a wall-clock reading must not
 * have one.
 */
export function parseTimestamp(text: string, isInstant: boolean): number | bigint | undefined {
  if (text === 'infinity') return INFINITE_MICROS;
  if (text === '-infinity') return -INFINITE_MICROS;
  const middle = text.charCodeAt(10) === T || text.charCodeAt(10) === SPACE ? 10 : text.search(/[T ]/);
  if (middle < 0) return undefined;
  const isUtc = text.endsWith('Z');
  const zone = isUtc ? 'Z' : (/[+-]\d{2}(?::?\d{2})?$/.exec(text.slice(middle + 9))?.[0] ?? '');
  if ((zone !== '') !== isInstant) return undefined;
  const days = parseDay(text.slice(0, middle));
  const micros = parseTimeAt(text, middle + 1, text.length - zone.length);
  const offset = isUtc || !isInstant ? 0 : offsetMicros(zone);
  if (days === undefined || micros === undefined || offset === undefined) return undefined;
  if (Math.abs(days) <= EXACT_DAYS) return days * MICROS_PER_DAY + micros - offset;
  if (Math.abs(days) === INFINITE_DAYS) return undefined;
  const value = BigInt(days) * MICROS_PER_DAY_BIG + BigInt(micros - offset);
  return value > -INFINITE_MICROS && value < INFINITE_MICROS ? value : undefined;
}

/** `YYYY-MM-DD`. */
function parseCommonDay(text: string): number | undefined {
  if (text.charCodeAt(4) !== MINUS || text.charCodeAt(7) !== MINUS) return undefined;
  const century = digits(text, 0, 2);
  const year = digits(text, 2, 4);
  const month = digits(text, 5, 7);
  const day = digits(text, 8, 10);
  if (century < 0 || year < 0 || month < 0 || day < 0) return undefined;
  return daysOf(century * 100 + year, month, day);
}

/** `HH:MM:SS` with up to six decimals, in a part of a text. */
function parseTimeAt(text: string, start: number, end: number): number | undefined {
  if (end - start < 8 || text.charCodeAt(start + 2) !== COLON || text.charCodeAt(start + 5) !== COLON)
    return undefined;
  const hours = digits(text, start, start + 2);
  const minutes = digits(text, start + 3, start + 5);
  const seconds = digits(text, start + 6, start + 8);
  if (hours < 0 || minutes < 0 || minutes > 59 || seconds < 0 || seconds > 59) return undefined;
  let micros = ((hours * 60 + minutes) * 60 + seconds) * 1_000_000;
  if (end > start + 8) {
    const places = end - start - 9;
    const decimals = digits(text, start + 9, end);
    if (text.charCodeAt(start + 8) !== POINT || places < 1 || places > 6 || decimals < 0) return undefined;
    micros += decimals * 10 ** (6 - places);
  }
  return micros <= MICROS_PER_DAY ? micros : undefined;
}

/** The number written in a range of digits; -1 when there is anything else. */
function digits(text: string, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at += 1) {
    const digit = text.charCodeAt(at) - ZERO;
    if (!(digit >= 0 && digit <= 9)) return -1;
    value = value * 10 + digit;
  }
  return value;
}

function offsetMicros(zone: string): number | undefined {
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(':', '') || '0');
  if (hours > 23 || minutes > 59) return undefined;
  return (hours * 60 + minutes) * 60_000_000 * (zone.startsWith('-') ? -1 : 1);
}

function daysOf(year: number, month: number, day: number): number | undefined {
  if (month < 1 || month > 12 || day < 1) return undefined;
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  if (day > (MONTH_DAYS[month] ?? 0) + (isLeap && month === 2 ? 1 : 0)) return undefined;
  const before = year - 1;
  const leapDays = Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400);
  const dayOfYear = (DAYS_BEFORE_MONTH[month] ?? 0) + (isLeap && month > 2 ? 1 : 0) + day - 1;
  return before * 365 + leapDays + dayOfYear - 719_162;
}
