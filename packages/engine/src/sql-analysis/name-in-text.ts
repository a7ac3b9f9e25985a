/** A name as it stands in a text, with its quotes. */
export interface NameInText {
  readonly offset: number;
  readonly length: number;
}

const PLAIN_NAME = /[\p{L}\p{N}_$\u0080-\u{10ffff}]+/uy;
const QUOTED_NAME = /"(?:[^"]|"")*"|'(?:[^']|'')*'/uy;
const BETWEEN_PARTS = /\s*\.\s*/uy;

/** The parts of the dotted name that begins at an offset, like `orders.id`; none where no name begins. */
export function namesInText(text: string, offset: number): readonly NameInText[] {
  const names: NameInText[] = [];
  for (let next: number | undefined = offset; next !== undefined;) {
    const length: number = matchAt(QUOTED_NAME, text, next) || matchAt(PLAIN_NAME, text, next);
    if (length === 0) break;
    names.push({ offset: next, length });
    const between: number = matchAt(BETWEEN_PARTS, text, next + length);
    next = between === 0 ? undefined : next + length + between;
  }
  return names;
}

function matchAt(pattern: RegExp, text: string, offset: number): number {
  pattern.lastIndex = offset;
  return pattern.exec(text)?.[0].length ?? 0;
}
