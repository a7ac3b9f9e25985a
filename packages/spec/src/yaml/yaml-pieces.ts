/** A part of a document that means the same alone: one key of the document, or one step, with all that belongs to it. */
export interface YamlPiece {
  readonly text: string;
  /** Where it begins in the document: at the start of a line. */
  readonly offset: number;
  /** `steps`: the line above the pieces of steps, without a value of its own. */
  readonly kind: 'key' | 'steps' | 'step';
}

const SECTION = /\n(?=[^ \n#])/g;
const STEPS_HEADER = /^steps:(?: +#[^\n]*| *)\n/;
const FIRST_CHILD = /^(?: *(?:#[^\n]*)?\n)*( +)[^ \n#]/;

/**
 * Cuts a document before every key at its margin and, below `steps`, before every line that is indented as the first
 * step: no value of one piece reaches into the next unless it is left open, which shows when the piece is read alone.
 */
export function cutYaml(text: string): readonly YamlPiece[] {
  // JSON is one value, whose lines begin anywhere.
  if (text.startsWith('{')) return [{ text, offset: 0, kind: 'key' }];
  const sections = cut(text, 0, SECTION, 'key');
  return sections.flatMap((section) => {
    const header = STEPS_HEADER.exec(section.text)?.[0];
    if (header === undefined) return [section];
    const body = section.text.slice(header.length);
    const indent = FIRST_CHILD.exec(body)?.[1]?.length;
    if (indent === undefined || new RegExp(`^ {1,${indent - 1}}[^ \\n#]`, 'm').test(indent > 1 ? body : ''))
      return [section];
    const steps = cut(
      body,
      section.offset + header.length,
      new RegExp(`\\n(?= {${indent}}[^ \\n#])`, 'g'),
      'step',
    );
    return [{ text: header, offset: section.offset, kind: 'steps' }, ...steps];
  });
}

function cut(text: string, offset: number, before: RegExp, kind: YamlPiece['kind']): readonly YamlPiece[] {
  const pieces: YamlPiece[] = [];
  let start = 0;
  before.lastIndex = 0;
  for (;;) {
    const found = before.exec(text);
    const end = found === null ? text.length : found.index + 1;
    pieces.push({ text: text.slice(start, end), offset: offset + start, kind });
    if (found === null) return pieces;
    start = end;
  }
}
