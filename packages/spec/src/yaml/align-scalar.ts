/** How a scalar is written. */
export type ScalarStyle = 'plain' | 'single' | 'double' | 'literal' | 'folded';

/**
 * Where each UTF-16 code unit of a scalar's value stands in its source, and as the last entry where the value ends. Follows the source along
 * the value that YAML made of it; undefined where the two do not match, so a wrong place is never told.
 */
export function alignScalar(source: string, style: ScalarStyle, value: string): Uint32Array | undefined {
  const aligner = new Aligner(source, value);
  switch (style) {
    case 'plain':
      return aligner.flow(0, source.length, () => false);
    case 'single':
      return aligner.flow(1, source.length - 1, () => aligner.escape(/''/y, () => "'"));
    case 'double':
      return aligner.flow(1, source.length - 1, () => aligner.escape(DOUBLE_ESCAPE, unescape));
    case 'literal':
    case 'folded':
      return aligner.block();
  }
}

const DOUBLE_ESCAPE = /\\(?:\r?\n[ \t]*|x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}|[^\r\n])/y;
const FOLD = /[ \t]*(?:\r?\n[ \t]*)+/y;

const ESCAPES: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\u0007',
  b: '\b',
  t: '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\u001b',
  N: '\u0085',
  _: '\u00a0',
  L: '\u2028',
  P: '\u2029',
};

function unescape(escaped: string): string {
  const kind = escaped[1] ?? '';
  if (kind === '\r' || kind === '\n') return '';
  const isCode = escaped.length > 2;
  return isCode ? String.fromCodePoint(Number.parseInt(escaped.slice(2), 16)) : (ESCAPES[kind] ?? kind);
}

class Aligner {
  readonly #source: string;
  readonly #value: string;
  readonly #places: Uint32Array;
  #at = 0;
  #filled = 0;

  constructor(source: string, value: string) {
    this.#source = source;
    this.#value = value;
    this.#places = new Uint32Array(value.length + 1);
  }

  /** `escape` takes an escape that begins here, and says whether one did. */
  flow(start: number, end: number, escape: () => boolean): Uint32Array | undefined {
    this.#at = start;
    while (this.#at < end) {
      if (escape() || this.#foldLines(end)) continue;
      if (!this.#copy()) return undefined;
    }
    return this.#done(end);
  }

  escape(pattern: RegExp, decode: (escaped: string) => string): boolean {
    const escaped = matchAt(pattern, this.#source, this.#at);
    if (escaped === '') return false;
    const decoded = decode(escaped);
    if (!this.#value.startsWith(decoded, this.#filled)) return false;
    this.#fill(decoded.length);
    this.#at += escaped.length;
    return true;
  }

  block(): Uint32Array | undefined {
    const lines = linesOf(this.#source).slice(1);
    const first = lines.find(({ text }) => text.trim() !== '');
    const valueFirst = this.#value.split('\n').find((line) => line.trim() !== '') ?? '';
    const indent = first === undefined ? 0 : indentOf(first.text) - indentOf(valueFirst);
    let end = this.#source.length;
    for (const { start, text } of lines) {
      const content = text.slice(Math.min(indent, indentOf(text)));
      this.#at = start + text.length - content.length;
      if (this.#value.startsWith(content, this.#filled)) for (const _ of content.split('')) this.#copy();
      else if (content.trim() !== '') return undefined;
      if (content.trim() !== '') end = this.#at;
      // A line break, or the space that two folded lines have between them.
      const next = this.#value[this.#filled];
      if (next === '\n' || (next === ' ' && content !== '')) this.#fill(1);
    }
    return this.#done(this.#value.endsWith('\n') ? this.#source.length : end);
  }

  #foldLines(end: number): boolean {
    const fold = matchAt(FOLD, this.#source, this.#at);
    if (fold === '' || this.#at + fold.length > end) return false;
    const breaks = fold.split('\n').length - 1;
    const folded = breaks === 1 ? ' ' : '\n'.repeat(breaks - 1);
    if (!this.#value.startsWith(folded, this.#filled)) return false;
    this.#fill(folded.length);
    this.#at += fold.length;
    return true;
  }

  #copy(): boolean {
    if (this.#filled >= this.#value.length || this.#source[this.#at] !== this.#value[this.#filled])
      return false;
    this.#fill(1);
    this.#at += 1;
    return true;
  }

  #fill(count: number): void {
    this.#places.fill(this.#at, this.#filled, this.#filled + count);
    this.#filled += count;
  }

  #done(end: number): Uint32Array | undefined {
    if (this.#filled !== this.#value.length) return undefined;
    this.#places[this.#filled] = end;
    return this.#places;
  }
}

function matchAt(pattern: RegExp, text: string, offset: number): string {
  pattern.lastIndex = offset;
  return pattern.exec(text)?.[0] ?? '';
}

function linesOf(source: string): readonly { readonly start: number; readonly text: string }[] {
  let start = 0;
  return source.split('\n').map((line) => {
    const place = { start, text: line.endsWith('\r') ? line.slice(0, -1) : line };
    start += line.length + 1;
    return place;
  });
}

function indentOf(line: string): number {
  return line.length - line.replace(/^ +/, '').length;
}
