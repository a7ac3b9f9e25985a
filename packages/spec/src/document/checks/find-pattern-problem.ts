/** What RE2 refuses in a regular expression; `offset` in UTF-16 code units. */
export interface PatternProblem {
  readonly offset: number;
  readonly reason: string;
}

const MAX_REPEAT = 1000;

const CLASS_ESCAPES = 'dDsSwW';
const PLAIN_ESCAPES = 'afnrtv';
const EDGE_ESCAPES = 'AbBz';

const POSIX_CLASSES: ReadonlySet<string> = new Set(
  'alnum alpha ascii blank cntrl digit graph lower print punct space upper word xdigit'.split(' '),
);

const LOOK_AROUND: ReadonlyMap<string, string> = new Map([
  ['(?=', 'look-ahead (?=…)'],
  ['(?!', 'look-ahead (?!…)'],
  ['(?<=', 'look-behind (?<=…)'],
  ['(?<!', 'look-behind (?<!…)'],
  ['(?>', 'atomic group (?>…)'],
  ['(?|', 'branch reset (?|…)'],
  ['(?#', 'comment (?#…)'],
  ['(?(', 'conditional (?(…)…)'],
  ['(?R', 'recursion (?R)'],
  ['(?&', 'recursion (?&…)'],
]);

/**
 * The first thing in a regular expression that RE2 does not accept; undefined when it is one. Names of Unicode classes
 * (`\p{Greek}`) are left to RE2, which alone has the list.
 */
export function findPatternProblem(pattern: string): PatternProblem | undefined {
  try {
    new PatternReader(pattern).read();
    return undefined;
  } catch (error) {
    if (error instanceof PatternError) return { offset: error.offset, reason: error.message };
    throw error;
  }
}

class PatternError extends Error {
  readonly offset: number;

  constructor(offset: number, reason: string) {
    super(reason);
    this.offset = offset;
  }
}

/** A group that is open: where it began, and how often the most repeated part of it is copied. */
interface OpenGroup {
  readonly start: number;
  copies: number;
}

class PatternReader {
  readonly #pattern: string;
  readonly #groups: OpenGroup[] = [];
  readonly #names = new Set<string>();
  #at = 0;
  /** Copies of the part just read; undefined where there is nothing to repeat. */
  #atom: number | undefined;
  #isRepeated = false;
  #copies = 1;

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  read(): void {
    while (this.#at < this.#pattern.length) this.#readPart();
    const open = this.#groups.at(-1);
    if (open !== undefined) this.#fail(open.start, 'the group is not closed');
  }

  #readPart(): void {
    const start = this.#at;
    const character = String.fromCodePoint(this.#pattern.codePointAt(start) ?? 0);
    switch (character) {
      case '(':
        return this.#openGroup();
      case ')':
        return this.#closeGroup();
      case '|':
        this.#at += 1;
        this.#atom = undefined;
        return;
      case '*':
      case '+':
      case '?':
        this.#at += 1;
        return this.#repeat(start, 1);
      case '{':
        return this.#readCount();
      case '[':
        this.#readClass();
        return this.#endAtom(1);
      case '\\':
        this.#readEscape(false);
        // Nothing quoted is nothing to repeat.
        if (/^\\Q(?:\\E)?$/.test(this.#pattern.slice(start, this.#at))) return;
        return this.#endAtom(1);
      default:
        this.#at += character.length;
        return this.#endAtom(1);
    }
  }

  #endAtom(copies: number): void {
    this.#atom = copies;
    this.#isRepeated = false;
    this.#copies = Math.max(this.#copies, copies);
  }

  #openGroup(): void {
    const start = this.#at;
    const rest = this.#pattern.slice(start);
    for (const [opening, name] of LOOK_AROUND) {
      if (rest.startsWith(opening)) this.#fail(start, `RE2 has no ${name}`);
    }
    const named = /^\(\?P<([^>]*)>/.exec(rest);
    const flags = /^\(\?[imsU]*(?:-[imsU]+)?([:)])/.exec(rest);
    if (named !== null) {
      const name = named[1] ?? '';
      if (!/^\w+$/.test(name)) this.#fail(start, `'${name}' cannot name a group`);
      if (this.#names.has(name)) this.#fail(start, `two groups have the name '${name}'`);
      this.#names.add(name);
      this.#at += named[0].length;
    } else if (flags !== null) {
      this.#at += flags[0].length;
      if (flags[1] === ')') {
        // Flags stand between a part and its repetition without a word from RE2.
        this.#isRepeated = false;
        return;
      }
    } else if (rest.startsWith('(?')) {
      this.#fail(start, `RE2 has no group that begins with ${rest.slice(0, 3)}`);
    } else {
      this.#at += 1;
    }
    this.#groups.push({ start, copies: this.#copies });
    this.#copies = 1;
    this.#atom = undefined;
  }

  #closeGroup(): void {
    const group = this.#groups.pop();
    if (group === undefined) return this.#fail(this.#at, 'there is no group to close');
    const inside = this.#copies;
    this.#copies = group.copies;
    this.#at += 1;
    this.#endAtom(inside);
  }

  /** `{2}`, `{2,}`, `{2,5}`; other braces stand for themselves. */
  #readCount(): void {
    const start = this.#at;
    const count = /^\{(\d+)(?:(,)(\d*))?\}/.exec(this.#pattern.slice(start));
    if (count === null) {
      this.#at += 1;
      return this.#endAtom(1);
    }
    const least = Number(count[1]);
    const most = count[3] === undefined || count[3] === '' ? least : Number(count[3]);
    if (least > MAX_REPEAT || most > MAX_REPEAT) this.#fail(start, `RE2 repeats at most ${MAX_REPEAT} times`);
    if (most < least) this.#fail(start, `${count[0]} ends below where it begins`);
    this.#at += count[0].length;
    this.#repeat(start, Math.max(1, most));
  }

  #repeat(start: number, times: number): void {
    if (this.#atom === undefined) return this.#fail(start, 'there is nothing to repeat');
    if (this.#isRepeated) this.#fail(start, 'RE2 has no possessive or doubled repetition');
    const copies = this.#atom * times;
    if (copies > MAX_REPEAT)
      this.#fail(start, `RE2 repeats at most ${MAX_REPEAT} times, all counts multiplied`);
    if (this.#pattern[this.#at] === '?') this.#at += 1;
    this.#atom = copies;
    this.#isRepeated = true;
    this.#copies = Math.max(this.#copies, copies);
  }

  #readClass(): void {
    const start = this.#at;
    this.#at += this.#pattern[start + 1] === '^' ? 2 : 1;
    let isFirst = true;
    while (this.#pattern[this.#at] !== ']' || isFirst) {
      if (this.#at >= this.#pattern.length) this.#fail(start, 'the class is not closed');
      const from = this.#at;
      const low = this.#readClassMember(true);
      isFirst = false;
      if (this.#pattern[this.#at] !== '-' || this.#pattern[this.#at + 1] === ']') continue;
      if (low === undefined) continue;
      if (this.#at + 1 >= this.#pattern.length) this.#fail(start, 'the class is not closed');
      this.#at += 1;
      const high = this.#readClassMember(false);
      if (high === undefined || high < low)
        this.#fail(from, `${this.#pattern.slice(from, this.#at)} is no range of characters`);
    }
    this.#at += 1;
  }

  /** The code point of a member that can begin or end a range; undefined for a class inside of the class. */
  #readClassMember(canBeClass: boolean): number | undefined {
    if (canBeClass && this.#pattern.startsWith('[:', this.#at)) {
      const posix = /^\[:\^?(\w*):\]/.exec(this.#pattern.slice(this.#at));
      if (posix !== null) {
        if (!POSIX_CLASSES.has(posix[1] ?? '')) this.#fail(this.#at, `${posix[0]} is no class`);
        this.#at += posix[0].length;
        return undefined;
      }
    }
    if (this.#pattern[this.#at] === '\\') return this.#readEscape(true);
    const codePoint = this.#pattern.codePointAt(this.#at) ?? 0;
    this.#at += codePoint > 0xffff ? 2 : 1;
    return codePoint;
  }

  /** Reads what stands behind a backslash; answers its code point where it is one character. */
  #readEscape(isInClass: boolean): number | undefined {
    const start = this.#at;
    const rest = this.#pattern.slice(start + 1);
    const next = rest[0];
    if (next === undefined) return this.#fail(start, 'nothing follows the backslash');
    const quoted = isInClass ? null : /^Q([\s\S]*?)(?:\\E|$)/.exec(rest);
    const unicode = /^[pP](?:\{\^?\w+\}|[A-Z])/.exec(rest);
    const hex = /^x(?:\{([0-9A-Fa-f]{1,6})\}|([0-9A-Fa-f]{2}))/.exec(rest);
    const octal = /^(?:0[0-7]{0,2}|[1-7][0-7]{1,2})/.exec(rest);
    const length = (quoted ?? unicode ?? hex ?? octal)?.[0].length ?? 1;
    this.#at += 1 + length;
    if (quoted !== null || unicode !== null) return undefined;
    if (hex !== null) {
      const codePoint = Number.parseInt(hex[1] ?? hex[2] ?? '', 16);
      if (codePoint > 0x10ffff) this.#fail(start, `${hex[0]} is beyond Unicode`);
      return codePoint;
    }
    if (octal !== null) return Number.parseInt(octal[0], 8);
    if (/[1-9]/.test(next)) return this.#fail(start, `RE2 has no back-reference (\\${next})`);
    if (/^k[<{']/.test(rest)) return this.#fail(start, 'RE2 has no back-reference (\\k)');
    if (CLASS_ESCAPES.includes(next)) return undefined;
    if (!isInClass && (EDGE_ESCAPES.includes(next) || next === 'C')) return undefined;
    if (PLAIN_ESCAPES.includes(next)) return next.charCodeAt(0);
    if (/[^A-Za-z0-9]/.test(next) && next.charCodeAt(0) < 0x80) return next.charCodeAt(0);
    return this.#fail(start, `RE2 has no escape \\${next}`);
  }

  #fail(offset: number, reason: string): never {
    throw new PatternError(offset, reason);
  }
}
