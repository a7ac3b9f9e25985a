const CUT = '...';

/** A name with what it is qualified by, a text, or a character. */
const WORD = /^(?:(?:\w+|"(?:[^"]|"")*")(?:\.(?:\w+|"(?:[^"]|"")*"))*|'(?:[^']|'')*'|\S)/;

/** A stretch of a statement, in characters. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * Where in a statement an answer points: DuckDB quotes the line (`LINE 2: … `), cut where it is long, with `^` below the
 * character. Undefined where it points nowhere, or at a text that the statement does not have.
 */
export function errorPlace(message: string, sql: string): Span | undefined {
  const [, number, quoted = '', spaces] = /LINE (\d+): (.*)\n( *)\^/.exec(message) ?? [];
  if (number === undefined || spaces === undefined) return undefined;
  const column = spaces.length - `LINE ${number}: `.length;
  const lines = sql.split('\n');
  const line = lines[Number(number) - 1];
  if (line === undefined || column < 0) return undefined;
  const isCut = quoted.startsWith(CUT);
  const shown = quoted.slice(isCut ? CUT.length : 0).replace(/\.\.\.$/, '');
  const start = line.indexOf(shown.trimEnd());
  if (start < 0) return undefined;
  const before = lines.slice(0, Number(number) - 1).reduce((sum, each) => sum + each.length + 1, 0);
  const from = Math.min(before + start + column - (isCut ? CUT.length : 0), sql.length);
  const word = WORD.exec(sql.slice(from))?.[0] ?? '';
  return { from, to: from + word.length };
}

/** What an answer says without the line that it quotes, which the editor marks. */
export function withoutQuote(message: string): string {
  return message.replace(/\s*LINE \d+: .*\n *\^/, '').trim();
}
