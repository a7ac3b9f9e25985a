import type { CsvDialect } from './dialect.ts';

const LF = 0x0a;
const CR = 0x0d;
const FIRST_BUFFER_BYTES = 64 * 1024;
const FIRST_FIELDS = 64;

/** What a field is: bare, quoted, or quoted with escapes that `unescape` has to take out. */
export const BARE = 0;
export const QUOTED = 1;
export const ESCAPED = 2;

export type Scan = 'record' | 'malformed' | 'more' | 'end';

/**
 * Splits delimited text into records and fields, strictly: a quote stands at the start of a field or inside quotes,
 * behind a closing quote comes a delimiter or the end of the record, and a carriage return comes only before a line
 * feed. What breaks a rule is reported, never repaired.
 *
 * Protocol: `append` bytes, `next` until it says `more`; after the last bytes `finish`, then `next` until `end`.
 */
export class RecordScanner {
  /** Bytes that `starts` and `ends` point into; valid until `append`. */
  bytes: Uint8Array = new Uint8Array(FIRST_BUFFER_BYTES);
  fieldCount = 0;
  starts: Int32Array = new Int32Array(FIRST_FIELDS);
  ends: Int32Array = new Int32Array(FIRST_FIELDS);
  kinds: Uint8Array = new Uint8Array(FIRST_FIELDS);
  /** Line of the file, from 1, on which the record of the last `next` starts. */
  line = 1;
  /** The record of the last `next`, without its line end; for a malformed one its first line. */
  recordStart = 0;
  recordEnd = 0;
  reason = '';
  /** How many malformed records had to be searched to the end of the bytes for their closing quote. */
  unterminated = 0;
  readonly #delimiter: number;
  readonly #quote: number;
  readonly #escape: number;
  #at = 0;
  #length = 0;
  #nextLine = 1;
  #isFinal = false;

  constructor(dialect: Pick<CsvDialect, 'delimiter' | 'quote' | 'escape'>) {
    this.#delimiter = dialect.delimiter.charCodeAt(0);
    this.#quote = dialect.quote === null ? -1 : dialect.quote.charCodeAt(0);
    this.#escape = dialect.escape.charCodeAt(0);
  }

  /** Bytes that no complete record was found in yet. */
  get pendingBytes(): number {
    return this.#length - this.#at;
  }

  append(chunk: Uint8Array): void {
    const rest = this.#length - this.#at;
    if (rest + chunk.length > this.bytes.length) {
      const larger = new Uint8Array(Math.max(this.bytes.length * 2, rest + chunk.length));
      larger.set(this.bytes.subarray(this.#at, this.#length));
      this.bytes = larger;
    } else {
      this.bytes.copyWithin(0, this.#at, this.#length);
    }
    this.bytes.set(chunk, rest);
    this.#at = 0;
    this.#length = rest + chunk.length;
  }

  finish(): void {
    this.#isFinal = true;
  }

  next(): Scan {
    this.fieldCount = 0;
    this.recordStart = this.#at;
    this.line = this.#nextLine;
    if (this.#at >= this.#length) return this.#isFinal ? 'end' : 'more';
    let lines = 1;
    let at = this.#at;
    for (;;) {
      let field: FieldEnd;
      if (at < this.#length && this.bytes[at] === this.#quote) {
        field = this.#scanQuoted(at);
        lines += this.#quotedLines;
      } else {
        field = this.#scanBare(at);
      }
      if (field === 'more') return 'more';
      if (field === 'malformed') return this.#resynchronise();
      at = this.#fieldStop + 1;
      if (field === 'delimiter') continue;
      this.recordEnd = this.#fieldStop;
      this.#nextLine += lines;
      this.#at = field === 'crlf' ? at + 1 : Math.min(at, this.#length);
      return 'record';
    }
  }

  #fieldStop = 0;
  #quotedLines = 0;

  #scanBare(start: number): FieldEnd {
    const { bytes } = this;
    const length = this.#length;
    const delimiter = this.#delimiter;
    const quote = this.#quote;
    for (let at = start; at < length; at += 1) {
      const byte = bytes[at] as number;
      if (byte !== delimiter && byte !== LF && byte !== CR && byte !== quote) continue;
      if (byte === delimiter) return this.#endField(start, at, at, BARE, 'delimiter');
      if (byte === LF) return this.#endField(start, at, at, BARE, 'lf');
      if (byte === CR) return this.#endAtCarriageReturn(start, at, at, BARE);
      return this.#malformed(`a quote inside field ${this.fieldCount + 1}, which does not start with one`);
    }
    return this.#isFinal ? this.#endField(start, length, length, BARE, 'eof') : 'more';
  }

  #scanQuoted(start: number): FieldEnd {
    const { bytes } = this;
    const length = this.#length;
    const quote = this.#quote;
    const escape = this.#escape;
    let kind = QUOTED;
    this.#quotedLines = 0;
    for (let at = start + 1; at < length; at += 1) {
      const byte = bytes[at] as number;
      if (byte === LF) this.#quotedLines += 1;
      if (byte === escape && escape !== quote) {
        if (bytes[at + 1] === LF) this.#quotedLines += 1;
        at += 1;
        kind = ESCAPED;
        continue;
      }
      if (byte !== quote) continue;
      if (at + 1 >= length && !this.#isFinal) return 'more';
      if (at + 1 < length && escape === quote && bytes[at + 1] === quote) {
        at += 1;
        kind = ESCAPED;
        continue;
      }
      return this.#endQuoted(start + 1, at, kind);
    }
    if (!this.#isFinal) return 'more';
    this.unterminated += 1;
    return this.#malformed(`the quote that opens field ${this.fieldCount + 1} is never closed`);
  }

  #endQuoted(start: number, end: number, kind: number): FieldEnd {
    const behind = end + 1;
    if (behind >= this.#length) return this.#endField(start, end, behind, kind, 'eof');
    const byte = this.bytes[behind];
    if (byte === this.#delimiter) return this.#endField(start, end, behind, kind, 'delimiter');
    if (byte === LF) return this.#endField(start, end, behind, kind, 'lf');
    if (byte === CR) return this.#endAtCarriageReturn(start, end, behind, kind);
    return this.#malformed(`text behind the closing quote of field ${this.fieldCount + 1}`);
  }

  #endAtCarriageReturn(start: number, end: number, stop: number, kind: number): FieldEnd {
    if (stop + 1 >= this.#length && !this.#isFinal) return 'more';
    if (this.bytes[stop + 1] === LF && stop + 1 < this.#length)
      return this.#endField(start, end, stop, kind, 'crlf');
    return this.#malformed(`a carriage return without a line feed in field ${this.fieldCount + 1}`);
  }

  #endField(start: number, end: number, stop: number, kind: number, how: FieldEnd): FieldEnd {
    const index = this.fieldCount;
    if (index >= this.starts.length) this.#growFields();
    this.starts[index] = start;
    this.ends[index] = end;
    this.kinds[index] = kind;
    this.fieldCount = index + 1;
    this.#fieldStop = stop;
    return how;
  }

  #growFields(): void {
    const size = this.starts.length * 2;
    const grow = <T extends Int32Array | Uint8Array>(larger: T, values: T): T => {
      larger.set(values);
      return larger;
    };
    this.starts = grow(new Int32Array(size), this.starts);
    this.ends = grow(new Int32Array(size), this.ends);
    this.kinds = grow(new Uint8Array(size), this.kinds);
  }

  #malformed(reason: string): FieldEnd {
    this.reason = reason;
    return 'malformed';
  }

  /** Goes on behind the first line of the malformed record. */
  #resynchronise(): Scan {
    const lineEnd = this.bytes.subarray(0, this.#length).indexOf(LF, this.recordStart);
    if (lineEnd < 0 && !this.#isFinal) return 'more';
    this.recordEnd = lineEnd < 0 ? this.#length : lineEnd;
    this.#at = lineEnd < 0 ? this.#length : lineEnd + 1;
    this.#nextLine = this.line + 1;
    return 'malformed';
  }

  /** The content of an ESCAPED field in `target`, which must be as long as the field; returns its length. */
  unescape(field: number, target: Uint8Array): number {
    const { bytes } = this;
    const escape = this.#escape;
    const quote = this.#quote;
    const end = this.ends[field] as number;
    let to = 0;
    for (let at = this.starts[field] as number; at < end; at += 1) {
      let byte = bytes[at] as number;
      if (byte === escape && (escape !== quote || bytes[at + 1] === quote) && at + 1 < end) {
        at += 1;
        byte = bytes[at] as number;
      }
      target[to++] = byte;
    }
    return to;
  }
}

type FieldEnd = 'delimiter' | 'lf' | 'crlf' | 'eof' | 'more' | 'malformed';
