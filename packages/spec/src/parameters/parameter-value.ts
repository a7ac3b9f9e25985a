import type { ParameterType } from '../document/parameters.ts';

/** A value in its one form, or why it cannot be one. */
export type ParsedParameterValue = { readonly text: string } | { readonly problem: string };

/**
 * Reads a value of a parameter from what stands in YAML or on a command line. The same value has one text, so that it
 * can be compared and be part of a plan's identity.
 */
export function parseParameterValue(type: ParameterType, value: unknown): ParsedParameterValue {
  if (type === 'string') return typeof value === 'string' ? readString(value) : problem('text, in quotes');
  if (type === 'boolean') {
    const text = String(value);
    return text === 'true' || text === 'false' ? { text } : problem('true or false');
  }
  if (typeof value === 'boolean') return problem(EXPECTED[type]);
  const text = (typeof value === 'number' ? String(value) : typeof value === 'string' ? value : '').trim();
  return READERS[type](text) ?? problem(EXPECTED[type]);
}

const EXPECTED = {
  integer: 'a whole number of at most 18 digits',
  number: 'a number like 12.5, of at most 38 digits and without an exponent',
  date: 'a date like 2026-01-31',
  timestamp: 'a date and time like 2026-01-31 10:00:00, without a zone',
  timestamptz: 'a date and time with a zone, like 2026-01-31 10:00:00Z or …+02:00',
} as const;

function problem(expected: string): ParsedParameterValue {
  return { problem: `it must be ${expected}` };
}

function readString(text: string): ParsedParameterValue {
  return text.includes('\0') ? { problem: 'it holds the character U+0000' } : { text };
}

const READERS: {
  readonly [Type in keyof typeof EXPECTED]: (text: string) => ParsedParameterValue | undefined;
} = {
  integer: (text) => {
    const [, sign = '', digits] = /^([+-]?)0*(\d{1,18})$/.exec(text) ?? [];
    return digits === undefined ? undefined : { text: signed(sign, digits) };
  },
  number: (text) => {
    const [, sign = '', whole, fraction = ''] = /^([+-]?)0*(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
    if (whole === undefined || whole.length + fraction.length > 38) return undefined;
    return { text: signed(sign, fraction === '' ? whole : `${whole}.${fraction}`) };
  },
  date: (text) => (isDate(text) ? { text } : undefined),
  timestamp: (text) => {
    const { time, zone } = splitTimestamp(text);
    return time === undefined || zone !== '' ? undefined : { text: time };
  },
  timestamptz: (text) => {
    const { time, zone } = splitTimestamp(text);
    return time === undefined || zone === '' ? undefined : { text: `${time}${zone}` };
  },
};

function signed(sign: string, digits: string): string {
  return sign === '-' && /[1-9]/.test(digits) ? `-${digits}` : digits;
}

function isDate(text: string): boolean {
  const [, year = '', month = '', day = ''] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? [];
  if (year === '' || year === '0000' || Number(month) < 1 || Number(month) > 12 || Number(day) < 1)
    return false;
  const isLeap = Number(year) % 4 === 0 && (Number(year) % 100 !== 0 || Number(year) % 400 === 0);
  const lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return Number(day) <= (lengths[Number(month) - 1] ?? 0);
}

const TIMESTAMP =
  /^(\d{4}-\d\d-\d\d)(?:[T ]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(\.\d{1,6})?)?(Z|[+-](?:0\d|1[0-5])(?::?[0-5]\d)?)?)?$/;

/** `2026-01-31 10:00:00` and `+00:00`; a date alone is its midnight. */
function splitTimestamp(text: string): { readonly time: string | undefined; readonly zone: string } {
  const [, date = '', hour = '00', minute = '00', second = '00', fraction = '', zone = ''] =
    TIMESTAMP.exec(text) ?? [];
  if (!isDate(date)) return { time: undefined, zone: '' };
  const [, sign = '', hours = '', minutes = '00'] = /^([+-])(\d\d):?(\d\d)?$/.exec(zone) ?? [];
  return {
    time: `${date} ${hour}:${minute}:${second}${fraction}`,
    zone: zone === '' ? '' : zone === 'Z' ? '+00:00' : `${sign}${hours}:${minutes}`,
  };
}
