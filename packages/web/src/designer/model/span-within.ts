import type { SourceRange, TextSpan } from '@millrace/spec';

/** Where a range of the document lies within a value that is written there; the whole value when that cannot be told. */
export function spanWithin(
  { start, end }: SourceRange,
  value: string,
  locate: (span: TextSpan) => SourceRange,
): TextSpan {
  const offsetOf = (at: number): number => locate({ from: at, to: at + 1 }).start.offset;
  // Places in the document rise with places in the value.
  const find = (offset: number): number => {
    let [low, high] = [0, value.length];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (offsetOf(middle) < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const from = find(start.offset);
  if (from >= value.length || offsetOf(from) !== start.offset) return { from: 0, to: value.length };
  const to = find(end.offset);
  return { from, to: Math.max(from, to) };
}
