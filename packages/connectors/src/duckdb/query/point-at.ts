/** Characters of a line that are shown beside the one that is pointed at. */
const AROUND = 60;
const CUT = '...';

/**
 * The line of a statement with a mark below the character at `offset`, counted in bytes of UTF-8 as DuckDB's parser does; in
 * the words in which DuckDB itself points at what it refuses.
 */
export function pointAt(sql: string, offset: number): string {
  const before = Buffer.from(sql).subarray(0, offset).toString();
  const start = before.lastIndexOf('\n') + 1;
  const [line = ''] = sql.slice(start).split('\n', 1);
  const column = before.length - start;
  const from = Math.max(0, column - AROUND);
  const to = Math.min(line.length, column + AROUND);
  const head = `LINE ${before.split('\n').length}: ${from > 0 ? CUT : ''}`;
  const shown = `${line.slice(from, to).trimEnd()}${to < line.length ? CUT : ''}`;
  return `${head}${shown}\n${' '.repeat(head.length + column - from)}^`;
}
