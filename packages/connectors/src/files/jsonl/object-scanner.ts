const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const MAX_DEPTH = 64;

export type JsonKind = 'string' | 'number' | 'boolean' | 'null' | 'nested';

/** One member of an object: its name, and its value as it stands in the bytes. */
export interface Member {
  readonly name: string;
  readonly kind: JsonKind;
  /** For strings between the quotes. */
  readonly start: number;
  readonly end: number;
  readonly hasEscapes: boolean;
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/**
 * The members of the one object that the range holds. Numbers keep their text and nested values theirs: nothing is
 * parsed into a JavaScript value. Returns what is wrong as a text instead: broken JSON, a name twice, nesting beyond
 * 64 levels.
 */
export function scanObject(bytes: Uint8Array, from: number, to: number): readonly Member[] | string {
  const members: Member[] = [];
  const names = new Set<string>();
  let at = skipSpace(bytes, from, to);
  if (bytes[at] !== OPEN_OBJECT || at >= to) return 'the line is not a JSON object';
  at = skipSpace(bytes, at + 1, to);
  if (bytes[at] === CLOSE_OBJECT && at < to)
    return skipSpace(bytes, at + 1, to) === to ? members : 'text behind the object';
  for (;;) {
    if (bytes[at] !== QUOTE || at >= to) return 'a name is missing';
    const nameEnd = endOfString(bytes, at, to);
    if (nameEnd < 0) return 'a name is never closed';
    const name = parseString(bytes, at, nameEnd);
    if (name === undefined) return 'a name is not a valid JSON string';
    if (names.has(name)) return `the name ${JSON.stringify(name)} is there twice`;
    names.add(name);
    at = skipSpace(bytes, nameEnd, to);
    if (bytes[at] !== COLON || at >= to) return `the colon behind ${JSON.stringify(name)} is missing`;
    const member = scanValue(bytes, skipSpace(bytes, at + 1, to), to, name);
    if (typeof member === 'string') return member;
    members.push(member.member);
    at = skipSpace(bytes, member.next, to);
    if (at >= to) return 'the object is never closed';
    if (bytes[at] === CLOSE_OBJECT)
      return skipSpace(bytes, at + 1, to) === to ? members : 'text behind the object';
    if (bytes[at] !== COMMA) return `the comma behind the value of ${JSON.stringify(name)} is missing`;
    at = skipSpace(bytes, at + 1, to);
  }
}

interface Scanned {
  readonly member: Member;
  readonly next: number;
}

function scanValue(bytes: Uint8Array, at: number, to: number, name: string): Scanned | string {
  const first = bytes[at];
  if (at >= to) return `the value of ${JSON.stringify(name)} is missing`;
  if (first === QUOTE) {
    const end = endOfString(bytes, at, to);
    if (end < 0) return `the string of ${JSON.stringify(name)} is never closed`;
    const hasEscapes = bytes.subarray(at, end).includes(BACKSLASH);
    return { member: { name, kind: 'string', start: at + 1, end: end - 1, hasEscapes }, next: end };
  }
  if (first === OPEN_OBJECT || first === OPEN_ARRAY) return scanNested(bytes, at, to, name);
  let end = at;
  while (end < to && !isDelimiter(bytes[end] as number)) end += 1;
  const text = asciiText(bytes, at, Math.min(end, at + 400));
  const kind =
    text === 'null'
      ? 'null'
      : text === 'true' || text === 'false'
        ? 'boolean'
        : NUMBER.test(text) && end - at <= 400
          ? 'number'
          : null;
  if (kind === null) return `the value of ${JSON.stringify(name)} is not JSON`;
  return { member: { name, kind, start: at, end, hasEscapes: false }, next: end };
}

function scanNested(bytes: Uint8Array, at: number, to: number, name: string): Scanned | string {
  let depth = 0;
  for (let end = at; end < to; end += 1) {
    const byte = bytes[end];
    if (byte === QUOTE) {
      const close = endOfString(bytes, end, to);
      if (close < 0) break;
      end = close - 1;
    } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      depth += 1;
      if (depth >= MAX_DEPTH)
        return `the value of ${JSON.stringify(name)} is nested deeper than ${MAX_DEPTH} levels`;
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
      depth -= 1;
      if (depth > 0) continue;
      if (!isJson(bytes, at, end + 1)) return `the value of ${JSON.stringify(name)} is not JSON`;
      return { member: { name, kind: 'nested', start: at, end: end + 1, hasEscapes: false }, next: end + 1 };
    }
  }
  return `the value of ${JSON.stringify(name)} is never closed`;
}

function isJson(bytes: Uint8Array, start: number, end: number): boolean {
  try {
    JSON.parse(utf8Text(bytes, start, end));
    return true;
  } catch {
    return false;
  }
}

/** Behind the closing quote of the string that opens at `at`; -1 when there is none. */
function endOfString(bytes: Uint8Array, at: number, to: number): number {
  for (let end = at + 1; end < to; end += 1) {
    const byte = bytes[end];
    if (byte === BACKSLASH) end += 1;
    else if (byte === QUOTE) return end + 1;
  }
  return -1;
}

/** The value of a string with its quotes; undefined when it is no JSON string or no Unicode text. */
export function parseString(bytes: Uint8Array, start: number, end: number): string | undefined {
  try {
    const value: unknown = JSON.parse(utf8Text(bytes, start, end));
    return typeof value === 'string' && value.isWellFormed() ? value : undefined;
  } catch {
    return undefined;
  }
}

/** True when the bytes between two quotes hold a control character, which JSON strings may only escape. */
export function hasControlCharacter(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if ((bytes[at] as number) < 0x20) return true;
  return false;
}

function skipSpace(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && isSpace(bytes[at] as number)) at += 1;
  return at;
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0d || byte === 0x0a;
}

function isDelimiter(byte: number): boolean {
  return byte === COMMA || byte === CLOSE_OBJECT || byte === CLOSE_ARRAY || isSpace(byte);
}

function asciiText(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
}

function utf8Text(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8');
}
