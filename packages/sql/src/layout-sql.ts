/** Lists longer than this get a line for each item. */
const MAX_LINE = 100;

/** Words before which a line breaks, where they stand outside of parentheses. */
const CLAUSES =
  /^(?:FROM|WHERE|GROUP BY|HAVING|QUALIFY|WINDOW|ORDER BY|LIMIT|OFFSET|UNION(?: ALL)?(?: BY NAME)?|EXCEPT|INTERSECT|(?:(?:NATURAL|ASOF|LEFT|RIGHT|FULL|INNER|CROSS|SEMI|ANTI|OUTER) )*JOIN)\b/i;

/**
 * One SELECT of one line on several, for people: a line for each clause, and for each column where a list is long. Only
 * white space outside of names, texts and parentheses becomes a line break; text that has lines already stays as it is.
 */
export function layoutSql(sql: string): string {
  const text = sql.trim();
  if (text.includes('\n')) return text;
  const lines: string[] = [];
  let start = 0;
  for (const { index, depth } of plainCharacters(text)) {
    if (depth > 0 || text[index] !== ' ') continue;
    const clause = CLAUSES.exec(text.slice(index + 1));
    // The second word of UNION ALL or LEFT JOIN begins no line.
    if (clause === null || CLAUSES.test(`${lastWord(text.slice(start, index))} ${clause[0]}`)) continue;
    lines.push(text.slice(start, index));
    start = index + 1;
  }
  lines.push(text.slice(start));
  return lines.flatMap(breakList).join('\n');
}

function lastWord(text: string): string {
  return /\S*$/.exec(text)?.[0] ?? '';
}

function breakList(line: string): readonly string[] {
  if (line.length <= MAX_LINE) return [line];
  const parts: string[] = [];
  let start = 0;
  for (const { index, depth } of plainCharacters(line)) {
    if (depth > 0 || line[index] !== ',') continue;
    parts.push(line.slice(start, index + 1).trim());
    start = index + 1;
  }
  if (parts.length === 0) return [line];
  parts.push(line.slice(start).trim());
  const [first = '', ...rest] = parts;
  const head = /^(SELECT(?: DISTINCT)?|GROUP BY|ORDER BY) /i.exec(first)?.[1];
  if (head === undefined) return [first, ...rest.map((part) => `  ${part}`)];
  return [head, ...[first.slice(head.length + 1), ...rest].map((part) => `  ${part}`)];
}

/** The characters outside of quotes, each with how many parentheses are open. */
function* plainCharacters(text: string): Generator<{ readonly index: number; readonly depth: number }> {
  let depth = 0;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (character === "'" || character === '"') {
      const end = text.indexOf(character, index + 1);
      if (end < 0) return;
      index = end;
      continue;
    }
    if (character === '$') {
      const tag = /^\$(?:[A-Za-z_]\w*)?\$/.exec(text.slice(index))?.[0];
      const end = tag === undefined ? -1 : text.indexOf(tag, index + tag.length);
      if (tag !== undefined && end < 0) return;
      if (tag !== undefined) {
        index = end + tag.length - 1;
        continue;
      }
    }
    if (character === '(' || character === '[' || character === '{') depth++;
    else if (character === ')' || character === ']' || character === '}') depth--;
    yield { index, depth };
  }
}
