import type { SQLOutputValue } from 'node:sqlite';

const DATE = /^-?\d{4,7}-\d{2}-\d{2}(?: BC)?$/;
const TIME = /^\d{2}:\d{2}(?::\d{2}(?:\.\d{1,12})?)?$/;
const TIMESTAMP =
  /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2})(:\d{2})?(\.\d{1,12})?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/;
const OFFSET = /(?:Z|[+-]\d{2}(?::?\d{2})?)$/;

export function isDateText(text: string): boolean {
  return DATE.test(text) || text === 'infinity' || text === '-infinity';
}

export function isTimeText(text: string): boolean {
  return TIME.test(text);
}

export function isTimestampText(text: string): boolean {
  return TIMESTAMP.test(text) || isDateText(text);
}

/** True for a timestamp that names its distance from UTC. */
export function hasOffset(value: SQLOutputValue): boolean {
  return (
    typeof value === 'string' && value.length > 16 && TIMESTAMP.test(value) && OFFSET.test(value.slice(11))
  );
}

/** `HH:MM` and `YYYY-MM-DD` as SQLite's own date functions take them: what is missing is zero. */
export function completeTime(text: string): string {
  return text.length === 5 ? `${text}:00` : text;
}

export function completeTimestamp(text: string): string {
  if (text.length === 10) return DATE.test(text) ? `${text} 00:00:00` : text;
  return text.length === 16 && text.charCodeAt(13) === 0x3a ? `${text}:00` : text;
}

/** Microseconds since 1970 of `YYYY-MM-DD HH:MM:SS[.ffffff]` in UTC; undefined when it is anything else. */
export function parseMicros(text: string): bigint | undefined {
  const parts = TIMESTAMP.exec(completeTimestamp(text));
  if (parts === null) return undefined;
  const [, day = '', minute = '', second = '', fraction = '', offset = 'Z'] = parts;
  const zone = /^[+-]\d{2}$/.test(offset) ? `${offset}:00` : offset;
  const millis = Date.parse(`${day}T${minute}${second}${zone}`);
  if (Number.isNaN(millis) || !isRealDay(day)) return undefined;
  const micros = fraction.slice(1).replace(/0+$/, '');
  return micros.length > 6 ? undefined : BigInt(millis) * 1000n + BigInt(micros.padEnd(6, '0'));
}

/** Date.parse takes 31 February as 3 March. */
function isRealDay(day: string): boolean {
  const millis = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(millis) && new Date(millis).toISOString().startsWith(day);
}

/** `YYYY-MM-DD HH:MM:SS.ffffff` in UTC. Years outside 0001 to 9999 are clamped to them, which only widens a bound. */
export function formatMicros(micros: bigint): string {
  const least = -62_135_596_800_000_000n;
  const most = 253_402_300_799_999_999n;
  const clamped = micros < least ? least : micros > most ? most : micros;
  const fraction = ((clamped % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const seconds = (clamped - fraction) / 1_000_000n;
  const text = new Date(Number(seconds) * 1000).toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, 19)}.${String(fraction).padStart(6, '0')}`;
}
