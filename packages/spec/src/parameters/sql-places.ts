/** What a character of SQL belongs to: words and signs, something in quotes, or a comment. */
export type SqlPlace = 'code' | 'quoted' | 'comment';

/**
 * Where the characters at the given offsets stand, by the lexical rules of DuckDB. What cannot be told for sure counts as
 * quoted.
 */
export function sqlPlaces(sql: string, offsets: readonly number[]): readonly SqlPlace[] {
  const spans = opaqueSpans(sql);
  return offsets.map(
    (offset) => spans.find(({ from, to }) => from <= offset && offset < to)?.place ?? 'code',
  );
}

interface OpaqueSpan {
  readonly from: number;
  readonly to: number;
  readonly place: 'quoted' | 'comment';
}

const WORD = /[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*/y;
const TAG = /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y;

function opaqueSpans(sql: string): readonly OpaqueSpan[] {
  const spans: OpaqueSpan[] = [];
  let at = 0;
  while (at < sql.length) {
    const word = matchAt(WORD, sql, at);
    if (word !== undefined) {
      at += word.length;
      // Strings with escapes can go on in the lines after them, and a word with $ in it looks like a quote.
      const isUnsure =
        sql[at] === "'" ? /(?:^|[^\p{ASCII}])e$/iu.test(word) : matchAt(TAG, sql, at) !== undefined;
      if (!isUnsure) continue;
      spans.push({ from: at, to: sql.length, place: 'quoted' });
      return spans;
    }
    const tag = matchAt(TAG, sql, at);
    const span = spanAt(sql, at, tag);
    if (span === undefined) at += 1;
    else {
      spans.push(span);
      at = span.to;
    }
  }
  return spans;
}

function spanAt(sql: string, from: number, tag: string | undefined): OpaqueSpan | undefined {
  const quoted = (to: number): OpaqueSpan => ({ from, to, place: 'quoted' });
  const comment = (to: number): OpaqueSpan => ({ from, to, place: 'comment' });
  const first = sql.slice(from, from + 1);
  // A doubled quote ends one span and begins the next.
  if (first === "'" || first === '"') return quoted(endOf(sql, first, from + 1));
  if (tag !== undefined) return quoted(endOf(sql, tag, from + tag.length));
  if (sql.startsWith('--', from)) {
    const line = /[^\n\r]*/y;
    return comment(from + (matchAt(line, sql, from)?.length ?? 0));
  }
  return sql.startsWith('/*', from) ? comment(endOfComment(sql, from)) : undefined;
}

function endOf(sql: string, closing: string, from: number): number {
  const found = sql.indexOf(closing, from);
  return found === -1 ? sql.length : found + closing.length;
}

/** Comments hold comments. */
function endOfComment(sql: string, from: number): number {
  let depth = 0;
  for (let at = from; at < sql.length;) {
    if (sql.startsWith('/*', at)) {
      depth += 1;
      at += 2;
    } else if (sql.startsWith('*/', at)) {
      depth -= 1;
      at += 2;
      if (depth === 0) return at;
    } else at += 1;
  }
  return sql.length;
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}
