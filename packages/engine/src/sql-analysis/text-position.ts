/**
 * DuckDB counts positions in bytes of UTF-8, after it has replaced Unicode's spaces outside of quotes and line comments by one ASCII space
 * each; a person's editor counts UTF-16 code units of the text as it is. This is the way back.
 */
export class TextPositions {
  readonly #text: string;
  readonly #isPlain: boolean;
  #offsets: Uint32Array | undefined;

  constructor(text: string) {
    this.#text = text;
    this.#isPlain = !/[^\0-\x7f]/u.test(text);
  }

  /** The UTF-16 offset of a byte position; positions beyond the text are its end. */
  offsetOf(position: number): number {
    if (this.#isPlain) return Math.min(position, this.#text.length);
    this.#offsets ??= offsetsOf(this.#text);
    return this.#offsets[Math.min(position, this.#offsets.length - 1)] ?? 0;
  }
}

/** U+00A0, U+2000 to U+200D, U+202F, U+205F, U+2060, U+3000 and U+FEFF: what DuckDB's parser takes for a space. */
const UNICODE_SPACE = /[\u00a0\u2000-\u200d\u202f\u205f\u2060\u3000\ufeff]/u;

function offsetsOf(text: string): Uint32Array {
  const offsets = new Uint32Array(text.length * 3 + 1);
  let position = 0;
  let offset = 0;
  let quotedUntil = 0;
  for (const character of text) {
    if (offset >= quotedUntil) quotedUntil = endOfQuoted(text, offset);
    const isSpace = offset >= quotedUntil && UNICODE_SPACE.test(character);
    const width = isSpace ? 1 : utf8Width(character);
    offsets.fill(offset, position, position + width);
    position += width;
    offset += character.length;
  }
  offsets[position] = text.length;
  return offsets.subarray(0, position + 1);
}

const DOLLAR_QUOTE = /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y;

/** Where the quotes or the line comment that begin here end; the offset itself where none begin. */
function endOfQuoted(text: string, offset: number): number {
  const character = text[offset];
  if (character === "'" || character === '"') return endAfter(text, character, offset + 1);
  if (character === '-' && text[offset + 1] === '-') {
    const end = text.slice(offset).search(/[\r\n]/);
    return end === -1 ? text.length : offset + end;
  }
  if (character !== '$') return offset;
  DOLLAR_QUOTE.lastIndex = offset;
  const tag = DOLLAR_QUOTE.exec(text)?.[0];
  return tag === undefined ? offset : endAfter(text, tag, offset + tag.length);
}

function endAfter(text: string, closing: string, from: number): number {
  const end = text.indexOf(closing, from);
  return end === -1 ? text.length : end + closing.length;
}

function utf8Width(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}
