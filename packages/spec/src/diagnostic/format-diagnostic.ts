import type { Diagnostic } from './diagnostic.ts';

const MAX_EXCERPT = 160;

/**
 * `file:line:column: severity: message`, then the line and a caret under the place, then the steps that use a template. Control characters of the text
 * are shown as `�`, so that a document cannot drive a terminal.
 */
export function formatDiagnostic(diagnostic: Omit<Diagnostic, 'params'>, text: string): string {
  const { file, start, end } = diagnostic.range;
  const head = `${file}:${start.line}:${start.column}: ${diagnostic.severity}: ${printable(diagnostic.message)}`;
  const line = lineAt(text, start.line);
  const uses = (diagnostic.usedBy ?? []).map(
    ({ step, range }) =>
      `  used by step '${printable(step)}' in ${range.file}:${range.start.line}:${range.start.column}`,
  );
  if (line === undefined) return [head, ...uses].join('\n');
  const from = Math.max(0, Math.min(start.column - 1 - MAX_EXCERPT / 2, line.length - MAX_EXCERPT));
  const excerpt = line.slice(from, from + MAX_EXCERPT);
  const column = Math.min(start.column - 1 - from, excerpt.length);
  const lastColumn = end.line === start.line ? end.column - 1 - from : excerpt.length;
  const width = Math.max(1, Math.min(lastColumn, excerpt.length) - column);
  const gutter = `${start.line}`;
  return [
    head,
    `  ${gutter} | ${printable(excerpt.replaceAll('\t', ' '))}`,
    `  ${' '.repeat(gutter.length)} | ${' '.repeat(column)}${'^'.repeat(width)}`,
    ...uses,
  ].join('\n');
}

function lineAt(text: string, line: number): string | undefined {
  let start = 0;
  for (let current = 1; current < line; current += 1) {
    const next = text.indexOf('\n', start);
    if (next === -1) return undefined;
    start = next + 1;
  }
  const end = text.indexOf('\n', start);
  const content = text.slice(start, end === -1 ? text.length : end).replace(/\r$/, '');
  return content === '' ? undefined : content;
}

function printable(text: string): string {
  return text.replace(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    '\ufffd',
  );
}
