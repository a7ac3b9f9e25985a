/**
 * Reads the YAML that people write: block maps and lists, flow collections, scalars of one line, and `|`. Thirty times as
 * fast as the library, which has the last word on everything else, wrong or right: for that this gives undefined.
 */
export function readPlainYaml(text: string): { readonly value: unknown } | undefined {
  // Tabs, carriage returns and byte order marks have rules of their own.
  if (/[\t\r\uFEFF]/.test(text)) return undefined;
  try {
    return { value: new PlainYamlReader(text).read() };
  } catch (error) {
    if (error instanceof BeyondPlain) return undefined;
    throw error;
  }
}

class BeyondPlain extends Error {}

function beyond(): never {
  throw new BeyondPlain();
}

const MAX_DEPTH = 32;

const KEY = /[A-Za-z_][\w.-]*/y;
const LITERAL_HEADER = /\|(-?) *\n/y;
const FLOW_SCALAR = /[^,[\]{}\n]+/y;
const BLANK = /^ *$/;
/** Escapes that mean the same in JSON. */
const JSON_ESCAPES = /^(?:[^\\]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*$/;

class PlainYamlReader {
  readonly #text: string;
  #at = 0;
  /** Where the content of the current line begins; -1 behind the last one. */
  #indent = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): unknown {
    this.#toContent();
    if (this.#indent < 0) beyond();
    const value = this.#block(-1, 1);
    if (this.#indent >= 0) beyond();
    return value;
  }

  /** From the start of a line to the first content at or after it. */
  #toContent(): void {
    const text = this.#text;
    for (;;) {
      const start = this.#at;
      while (text[this.#at] === ' ') this.#at += 1;
      const next = text[this.#at];
      if (next === undefined) {
        this.#indent = -1;
        return;
      }
      if (next !== '\n' && next !== '#') {
        this.#indent = this.#at - start;
        return;
      }
      this.#at = this.#lineEnd() + 1;
    }
  }

  #lineEnd(): number {
    const end = this.#text.indexOf('\n', this.#at);
    return end < 0 ? this.#text.length : end;
  }

  #nextLine(): void {
    this.#at = this.#lineEnd() + 1;
    this.#toContent();
  }

  /** The end of a value: nothing but a comment may follow, and nothing that belongs to it. */
  #endValue(parent: number): void {
    const start = this.#at;
    while (this.#text[this.#at] === ' ') this.#at += 1;
    const next = this.#text[this.#at];
    if (next === '#' ? this.#at === start : next !== '\n' && next !== undefined) beyond();
    this.#nextLine();
    if (this.#indent > parent) beyond();
  }

  /** A collection that begins with the current line. */
  #block(parent: number, depth: number): unknown {
    if (depth > MAX_DEPTH) beyond();
    const next = this.#text[this.#at];
    if (next === '{' || next === '[') {
      const value = this.#flow(parent, depth);
      this.#endValue(parent);
      return value;
    }
    return this.#isDash() ? this.#list(this.#indent, depth) : this.#map(this.#indent, depth);
  }

  #isDash(): boolean {
    return this.#text[this.#at] === '-' && isGap(this.#text[this.#at + 1]);
  }

  #map(indent: number, depth: number): unknown {
    const value: Record<string, unknown> = {};
    do {
      if (this.#isDash()) beyond();
      const key = this.#key();
      if (Object.hasOwn(value, key)) beyond();
      if (!isGap(this.#text[this.#at])) beyond();
      value[key] = this.#valueBelow(indent, depth, true);
    } while (this.#indent === indent);
    if (this.#indent > indent) beyond();
    return value;
  }

  #list(indent: number, depth: number): unknown {
    if (depth > MAX_DEPTH) beyond();
    const items: unknown[] = [];
    while (this.#indent === indent && this.#isDash()) {
      this.#at += 1;
      items.push(this.#item(indent, depth));
    }
    if (this.#indent > indent) beyond();
    return items;
  }

  #item(indent: number, depth: number): unknown {
    const dash = this.#at - 1;
    while (this.#text[this.#at] === ' ') this.#at += 1;
    const column = indent + this.#at - dash;
    if (this.#isDash()) {
      this.#indent = column;
      return this.#list(column, depth + 1);
    }
    const start = this.#at;
    if (this.#startsPair()) {
      this.#at = start;
      this.#indent = column;
      return this.#map(column, depth + 1);
    }
    this.#at = start;
    return this.#valueBelow(indent, depth, false);
  }

  #startsPair(): boolean {
    const next = this.#text[this.#at];
    if (next === '"' || next === "'") this.#quoted();
    else {
      KEY.lastIndex = this.#at;
      if (!KEY.test(this.#text)) return false;
      this.#at = KEY.lastIndex;
    }
    while (this.#text[this.#at] === ' ') this.#at += 1;
    return this.#text[this.#at] === ':' && isGap(this.#text[this.#at + 1]);
  }

  /** A key and its colon. */
  #key(): string {
    const next = this.#text[this.#at];
    let key: string;
    if (next === '"' || next === "'") key = this.#quoted();
    else {
      KEY.lastIndex = this.#at;
      if (!KEY.test(this.#text)) beyond();
      key = this.#text.slice(this.#at, KEY.lastIndex);
      if (key.length === 4 && key.toLowerCase() === 'null') beyond();
      this.#at = KEY.lastIndex;
    }
    if (key === '__proto__') beyond();
    while (this.#text[this.#at] === ' ') this.#at += 1;
    if (this.#text[this.#at] !== ':') beyond();
    this.#at += 1;
    return key;
  }

  /** What stands behind a colon or a dash, on the same line or below. */
  #valueBelow(parent: number, depth: number, isInMap: boolean): unknown {
    const text = this.#text;
    const start = this.#at;
    while (text[this.#at] === ' ') this.#at += 1;
    const next = text[this.#at];
    if (next === undefined || next === '\n' || (next === '#' && this.#at > start)) {
      this.#nextLine();
      if (this.#indent > parent) return this.#block(parent, depth + 1);
      return isInMap && this.#indent === parent && this.#isDash() ? this.#list(parent, depth + 1) : null;
    }
    if (next === '|') return this.#literal(parent);
    let value: unknown;
    if (next === '{' || next === '[') value = this.#flow(parent, depth + 1);
    else if (next === '"' || next === "'") value = this.#quoted();
    else {
      const end = this.#lineEnd();
      const line = text.slice(this.#at, end);
      const comment = line.indexOf(' #');
      const written = comment < 0 ? line : line.slice(0, comment);
      value = resolvePlain(written.trimEnd());
      this.#at += written.length;
    }
    this.#endValue(parent);
    return value;
  }

  #quoted(): string {
    const text = this.#text;
    const quote = text[this.#at];
    const start = this.#at + 1;
    let end = start;
    for (;;) {
      const next = text[end];
      if (next === undefined || next === '\n') beyond();
      if (quote === '"' && next === '\\') end += 2;
      else if (next !== quote) end += 1;
      else if (quote === "'" && text[end + 1] === "'") end += 2;
      else break;
    }
    this.#at = end + 1;
    const written = text.slice(start, end);
    if (quote === "'") return written.replaceAll("''", "'");
    if (!written.includes('\\')) return written;
    if (!JSON_ESCAPES.test(written)) beyond();
    return String(JSON.parse(`"${written}"`));
  }

  /** Lines as they are, behind `|`. */
  #literal(parent: number): string {
    const text = this.#text;
    LITERAL_HEADER.lastIndex = this.#at;
    const header = LITERAL_HEADER.exec(text);
    if (header === null) beyond();
    this.#at = LITERAL_HEADER.lastIndex;
    const lines: string[] = [];
    let indent = -1;
    let longestBlank = 0;
    for (;;) {
      const end = text.indexOf('\n', this.#at);
      const line = text.slice(this.#at, end < 0 ? text.length : end);
      if (BLANK.test(line)) {
        longestBlank = Math.max(longestBlank, line.length);
        lines.push('');
        if (end < 0) break;
      } else {
        const own = line.search(/[^ ]/);
        if (indent < 0) {
          if (own <= parent) beyond();
          indent = own;
        }
        if (own < indent) {
          if (own > parent) beyond();
          break;
        }
        // How the last line counts when no line break ends it is for the library.
        if (end < 0) beyond();
        lines.push(line.slice(indent));
      }
      this.#at = end + 1;
    }
    if (indent < 0 || longestBlank > indent) beyond();
    while (lines.at(-1) === '') lines.pop();
    this.#toContent();
    return lines.join('\n') + (header[1] === '-' ? '' : '\n');
  }

  #flow(parent: number, depth: number): unknown {
    if (depth > MAX_DEPTH) beyond();
    const isMap = this.#text[this.#at] === '{';
    const close = isMap ? '}' : ']';
    const map: Record<string, unknown> = {};
    const items: unknown[] = [];
    this.#at += 1;
    this.#toToken(parent);
    if (this.#text[this.#at] === close) {
      this.#at += 1;
      return isMap ? map : items;
    }
    for (;;) {
      if (isMap) {
        const isQuoted = this.#text[this.#at] === '"';
        const key = this.#key();
        if (Object.hasOwn(map, key) || !(isQuoted || isGap(this.#text[this.#at]))) beyond();
        this.#toToken(parent);
        map[key] = this.#flowValue(parent, depth);
      } else items.push(this.#flowValue(parent, depth));
      this.#toToken(parent);
      const next = this.#text[this.#at];
      this.#at += 1;
      if (next === close) return isMap ? map : items;
      if (next !== ',') beyond();
      this.#toToken(parent);
    }
  }

  #flowValue(parent: number, depth: number): unknown {
    const next = this.#text[this.#at];
    if (next === '{' || next === '[') return this.#flow(parent, depth + 1);
    if (next === '"' || next === "'") return this.#quoted();
    FLOW_SCALAR.lastIndex = this.#at;
    if (!FLOW_SCALAR.test(this.#text)) beyond();
    const written = this.#text.slice(this.#at, FLOW_SCALAR.lastIndex);
    if (written.includes(' #')) beyond();
    this.#at += written.length;
    return resolvePlain(written.trimEnd());
  }

  /** Over spaces and line breaks within a flow collection; its lines stand deeper than what it belongs to. */
  #toToken(parent: number): void {
    while (this.#text[this.#at] === ' ') this.#at += 1;
    if (this.#text[this.#at] === '\n') {
      this.#nextLine();
      if (this.#indent <= parent) beyond();
    }
    if (this.#text[this.#at] === '#') beyond();
  }
}

function isGap(next: string | undefined): boolean {
  return next === ' ' || next === '\n' || next === undefined;
}

const PLAIN_START = /^(?:[^\s,[\]{}#&*!|>'"%@`?:-]|-[^\s,[\]{}-])/;
const NUMBER =
  /^(?:0o[0-7]+|0x[0-9a-fA-F]+|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
/** Numbers that JavaScript holds exactly and writes in the same way. */
const EXACT_NUMBER = /^-?(?:0|[1-9][0-9]{0,13})(?:\.[0-9]{1,3})?$/;

/** What a plain scalar of one line means in the core schema. */
function resolvePlain(text: string): unknown {
  if (!PLAIN_START.test(text) || text.startsWith('...') || text.endsWith(':') || text.includes(': '))
    beyond();
  switch (text) {
    case '~':
    case 'null':
    case 'Null':
    case 'NULL':
      return null;
    case 'true':
    case 'True':
    case 'TRUE':
      return true;
    case 'false':
    case 'False':
    case 'FALSE':
      return false;
    default:
  }
  if (!NUMBER.test(text)) return text;
  if (!EXACT_NUMBER.test(text) || text.replace(/\D/g, '').length > 14) beyond();
  return Number(text);
}
