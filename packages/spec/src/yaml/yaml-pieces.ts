/** A part of a document that means the same alone: one key of the document, or one step, with all that belongs to it. */
export interface YamlPiece {
  readonly text: string;
  /** `steps`: the line above the pieces of steps, without a value of its own. */
  readonly kind: 'key' | 'steps' | 'step';
}

/** A document as its pieces, one after the other. */
export interface CutYaml<Piece extends YamlPiece = YamlPiece> {
  readonly pieces: readonly Piece[];
  /** How far the pieces of steps are indented; 0 without any. */
  readonly indent: number;
}

/** A document that was cut before: the pieces at both ends that are still there, and new ones between them. */
export interface RecutYaml<Piece extends YamlPiece> {
  readonly front: readonly Piece[];
  readonly changed: readonly YamlPiece[];
  readonly back: readonly Piece[];
}

const SECTION = /\n(?=[^ \n#])/g;
const STEPS_HEADER = /^steps:(?: +#[^\n]*| *)\n/;
const FIRST_CHILD = /^(?: *(?:#[^\n]*)?\n)*( +)[^ \n#]/;

/**
 * Cuts a document before every key at its margin and, below `steps`, before every line that is indented as the first
 * step: no value of one piece reaches into the next unless it is left open, which shows when the piece is read alone.
 */
export function cutYaml(text: string): CutYaml {
  // JSON is one value, whose lines begin anywhere.
  if (text.startsWith('{')) return { pieces: [{ text, kind: 'key' }], indent: 0 };
  let indent = 0;
  const pieces = cut(text, SECTION, 'key').flatMap((section) => {
    const header = STEPS_HEADER.exec(section.text)?.[0];
    if (header === undefined) return [section];
    const body = section.text.slice(header.length);
    const found = FIRST_CHILD.exec(body)?.[1]?.length;
    if (found === undefined || (found > 1 && contentFrom(1, found - 1).test(body))) return [section];
    indent = found;
    return [{ text: header, kind: 'steps' as const }, ...cutSteps(body, indent)];
  });
  return { pieces, indent };
}

/** Cuts a text of which only steps are others than before; undefined when more may be. */
export function recutYaml<Piece extends YamlPiece>(
  text: string,
  { pieces, indent }: CutYaml<Piece>,
): RecutYaml<Piece> | undefined {
  let [front, start] = [0, 0];
  for (const piece of pieces) {
    if (!text.startsWith(piece.text, start)) break;
    start += piece.text.length;
    front += 1;
  }
  let [back, end] = [pieces.length, text.length];
  for (const piece of pieces.slice(front).toReversed()) {
    if (end - piece.text.length < start || !text.endsWith(piece.text, end)) break;
    end -= piece.text.length;
    back -= 1;
  }
  // What was added can belong to the piece before it, and go on in the piece behind it.
  if (start < end && !(text[start - 1] === '\n' && startsStep(text.slice(start, end), indent))) {
    front -= 1;
    start -= pieces[front]?.text.length ?? 0;
  }
  if (start < end && end < text.length && text[end - 1] !== '\n') {
    end += pieces[back]?.text.length ?? 0;
    back += 1;
  }
  const between = text.slice(start, end);
  // The first step tells how far all are indented.
  if (pieces[front - 1]?.kind !== 'step' || contentFrom(0, indent - 1).test(between)) return undefined;
  const changed = between === '' ? [] : cutSteps(owned(between), indent);
  return { front: pieces.slice(0, front), changed, back: pieces.slice(back) };
}

function cutSteps(text: string, indent: number): readonly YamlPiece[] {
  return cut(text, new RegExp(`\\n(?= {${indent}}[^ \\n#])`, 'g'), 'step');
}

function startsStep(text: string, indent: number): boolean {
  return new RegExp(`^ {${indent}}[^ \\n#]`).test(text);
}

/** A line whose content begins after so many spaces. */
function contentFrom(least: number, most: number): RegExp {
  return new RegExp(`^ {${least},${most}}[^ \\n#]`, 'm');
}

/** A part of a text keeps the whole of it in memory; this one does not. */
function owned(part: string): string {
  return ` ${part}`.slice(1);
}

function cut(text: string, before: RegExp, kind: YamlPiece['kind']): readonly YamlPiece[] {
  const pieces: YamlPiece[] = [];
  let start = 0;
  before.lastIndex = 0;
  for (;;) {
    const found = before.exec(text);
    const end = found === null ? text.length : found.index + 1;
    pieces.push({ text: text.slice(start, end), kind });
    if (found === null) return pieces;
    start = end;
  }
}
