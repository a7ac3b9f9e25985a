/** Unchanged lines that are shown around a change. */
const CONTEXT = 3;

/** The changes from one text to another as a unified diff; empty for equal texts. `file` stands in its head. */
export function diffText(before: string, after: string, file: string): string {
  if (before === after) return '';
  const lines = markLines(linesOf(before), linesOf(after));
  const isShown = lines.map((_, index) =>
    lines.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some(({ mark }) => mark !== ' '),
  );
  const text = [`--- ${file}`, `+++ ${file}`];
  let [oldLine, newLine] = [1, 1];
  for (let index = 0; index < lines.length;) {
    if (!isShown[index]) {
      oldLine++;
      newLine++;
      index++;
      continue;
    }
    let end = index;
    while (isShown[end]) end++;
    const hunk = lines.slice(index, end);
    const olds = hunk.filter(({ mark }) => mark !== '+').length;
    const news = hunk.filter(({ mark }) => mark !== '-').length;
    text.push(`@@ -${oldLine},${olds} +${newLine},${news} @@`);
    for (const { mark, line } of hunk) text.push(`${mark}${line}`);
    oldLine += olds;
    newLine += news;
    index = end;
  }
  return text.join('\n');
}

/** A text file ends with the end of its last line. */
function linesOf(text: string): readonly string[] {
  const lines = text.split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

interface MarkedLine {
  readonly mark: ' ' | '-' | '+';
  readonly line: string;
}

/** The longest common run of lines stays; what edits leave alone at both ends is found without comparing all with all. */
function markLines(before: readonly string[], after: readonly string[]): readonly MarkedLine[] {
  let start = 0;
  while (start < before.length && before[start] === after[start]) start++;
  let end = 0;
  while (
    end < Math.min(before.length, after.length) - start &&
    before[before.length - 1 - end] === after[after.length - 1 - end]
  )
    end++;
  const same = (line: string): MarkedLine => ({ mark: ' ', line });
  return [
    ...before.slice(0, start).map(same),
    ...markMiddle(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...before.slice(before.length - end).map(same),
  ];
}

function markMiddle(before: readonly string[], after: readonly string[]): readonly MarkedLine[] {
  // lengths[i][j]: the longest common subsequence of what follows line i and line j.
  const lengths = Array.from({ length: before.length + 1 }, () => new Uint32Array(after.length + 1));
  const at = (i: number, j: number): number => lengths[i]?.[j] ?? 0;
  for (let i = before.length - 1; i >= 0; i--)
    for (let j = after.length - 1; j >= 0; j--) {
      const row = lengths[i];
      if (row !== undefined)
        row[j] = before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  const marked: MarkedLine[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      marked.push({ mark: ' ', line: before[i] ?? '' });
      i++;
      j++;
    } else if (i < before.length && (j >= after.length || at(i + 1, j) >= at(i, j + 1))) {
      marked.push({ mark: '-', line: before[i] ?? '' });
      i++;
    } else {
      marked.push({ mark: '+', line: after[j] ?? '' });
      j++;
    }
  }
  return marked;
}
