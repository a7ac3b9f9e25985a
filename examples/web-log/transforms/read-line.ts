import type { Code } from '../.millrace/types/visits/requested.d.ts';

const LINE =
  /^\S+ \S+ \S+ \[(?<time>[^\]]+)\] "(?<method>[A-Z]+) (?<address>\S+) [^"]*" (?<status>\d{3}) (?<bytes>\d+|-) "[^"]*" "(?<agent>[^"]*)"$/;
const TIME = /^(?<day>\d\d)\/(?<month>[A-Z][a-z]{2})\/(?<year>\d{4}):(?<clock>[\d:]{8}) (?<sign>[+-])(?<hours>\d\d)(?<minutes>\d\d)$/;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `05/Jan/2026:10:00:00 +0100` as `2026-01-05T10:00:00+01:00`. */
function readTime(text: string): string | null {
  const { day, month, year, clock, sign, hours, minutes } = TIME.exec(text)?.groups ?? {};
  const number = MONTHS.indexOf(month ?? '') + 1;
  if (number === 0) return null;
  return `${year}-${String(number).padStart(2, '0')}-${day}T${clock}${sign}${hours}:${minutes}`;
}

/** What stands behind a name in the query of an address. */
function readParameter(query: string, name: string): string | null {
  for (const pair of query.split('&')) {
    const [key, value = ''] = pair.split('=');
    if (key === name) return decode(value.replaceAll('+', ' '));
  }
  return null;
}

/** Whoever asks may write what they like: a text that is no encoding stays as it is. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A line that cannot be read; the check of the step sets it aside. */
const UNREAD = {
  seen_at: null,
  method: null,
  path: null,
  campaign: null,
  terms: null,
  status: null,
  bytes: null,
  device: null,
};

export default ((row) => {
  const { time, method, address = '', status, bytes, agent = '' } = LINE.exec(row.line)?.groups ?? {};
  if (time === undefined) return UNREAD;
  // Robots are no visitors.
  if (/bot\b|spider|crawl/i.test(agent)) return null;
  const [path = '', query = ''] = address.split('?');
  return {
    seen_at: readTime(time),
    method: method ?? null,
    path: path.toLowerCase(),
    campaign: readParameter(query, 'utm_campaign'),
    terms: readParameter(query, 'q'),
    status: Number(status),
    bytes: bytes === '-' ? 0 : Number(bytes),
    device: /iPhone|Android/.test(agent) ? 'phone' : 'computer',
  };
}) satisfies Code;
