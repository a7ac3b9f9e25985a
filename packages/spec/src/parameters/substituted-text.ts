import type { DocumentPath, Locate, TextSpan } from '../diagnostic/source-range.ts';
import type { Edit } from '../edit/edit.ts';
import { formatPath } from '../diagnostic/source-range.ts';

/** What stands in place of a part of a written text. */
export interface TextPiece extends TextSpan {
  readonly text: string;
}

/** A text of a document in which references were replaced. */
export interface SubstitutedText {
  readonly path: DocumentPath;
  readonly written: string;
  /** In the order of the text, apart from each other. */
  readonly pieces: readonly TextPiece[];
  /** Parameters in it that have no value yet. */
  readonly standIns: readonly string[];
}

/** Finds places in the written text by spans of the text with values in it; a span that touches a value takes all of its reference. */
export function locateWritten(locate: Locate, texts: readonly SubstitutedText[]): Locate {
  if (texts.length === 0) return locate;
  const byPath = new Map(texts.map((text) => [formatPath(text.path), text]));
  return (path, part) => {
    const text = typeof part === 'object' ? byPath.get(formatPath(path)) : undefined;
    return locate(path, text === undefined || typeof part !== 'object' ? part : writtenSpan(text, part));
  };
}

/**
 * The edit for the document as it is written: a new text at a path keeps the references that the change does not touch.
 * Undefined when it does: nobody knows what the reference should become.
 */
export function editWritten(edit: Edit, texts: readonly SubstitutedText[]): Edit | undefined {
  if (edit.kind !== 'setField' || texts.length === 0) return edit;
  const place = formatPath(edit.path);
  const text = texts.find(({ path }) => formatPath(path) === place);
  if (text === undefined) return edit;
  if (typeof edit.value !== 'string') return undefined;
  const before = valueOf(text);
  const after = edit.value;
  let from = 0;
  while (from < before.length && before[from] === after[from]) from += 1;
  let same = 0;
  const most = Math.min(before.length, after.length) - from;
  while (same < most && before.at(-1 - same) === after.at(-1 - same)) same += 1;
  const changed = { from, to: before.length - same };
  if (valueSpans(text).some((span) => span.from < changed.to && changed.from < span.to)) return undefined;
  const { from: start, to: end } = writtenSpan(text, changed);
  const value =
    text.written.slice(0, start) + after.slice(from, after.length - same) + text.written.slice(end);
  return { ...edit, value };
}

function valueOf({ written, pieces }: SubstitutedText): string {
  let value = '';
  let at = 0;
  for (const piece of pieces) {
    value += written.slice(at, piece.from) + piece.text;
    at = piece.to;
  }
  return value + written.slice(at);
}

/** Where the pieces stand in the text with values. */
function valueSpans({ pieces }: SubstitutedText): readonly TextSpan[] {
  let moved = 0;
  return pieces.map(({ from, to, text }) => {
    const start = from + moved;
    moved += text.length - (to - from);
    return { from: start, to: start + text.length };
  });
}

function writtenSpan(text: SubstitutedText, { from, to }: TextSpan): TextSpan {
  const spans = valueSpans(text);
  const back = (offset: number, edge: 'from' | 'to'): number => {
    let moved = 0;
    for (const [index, span] of spans.entries()) {
      const piece = text.pieces[index];
      if (piece === undefined || offset < span.from || (edge === 'to' && offset === span.from)) break;
      if (offset < span.to || (edge === 'to' && offset === span.to)) return piece[edge];
      moved += piece.to - piece.from - piece.text.length;
    }
    return offset + moved;
  };
  return from === to
    ? { from: back(from, 'from'), to: back(from, 'from') }
    : { from: back(from, 'from'), to: back(to, 'to') };
}
