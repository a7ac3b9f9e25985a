import { stripTypeScriptTypes } from 'node:module';

import { CodeFailureError } from './code-failure-error.ts';

/** What the parser's excerpt of a line shows for a tab. */
const TAB_COLUMNS = 4;

/** Leaves the types out and every other character where it is. */
export function stripTypes(source: string): string {
  try {
    return stripTypeScriptTypes(source);
  } catch (error) {
    const { message, stack = '', code } = error as NodeJS.ErrnoException;
    if (code === 'ERR_INTERNAL_ASSERTION' || error instanceof RangeError) {
      throw new CodeFailureError({ kind: 'syntax', message: 'the file is nested too deeply to be parsed' });
    }
    throw new CodeFailureError({ kind: 'syntax', message, ...placeOf(stack, source) });
  }
}

/** The parser tells the line by number and the column by a caret below an excerpt, where the text does not just end. */
function placeOf(stack: string, source: string): { line: number | null; column: number | null } {
  const line = /^:(\d+)\n/.exec(stack)?.[1];
  if (line === undefined) return { line: null, column: null };
  const caret = /^( *)\^+$/m.exec(stack)?.[1]?.length;
  const text = source.split('\n')[Number(line) - 1] ?? '';
  return { line: Number(line), column: caret === undefined ? null : columnBelow(text, caret) };
}

/** The column of the text that is shown at an offset of the excerpt; null behind characters of other widths. */
function columnBelow(text: string, offset: number): number | null {
  let shown = 0;
  for (let at = 0; at <= text.length; at += 1) {
    if (shown >= offset) return at + 1;
    const unit = text.charCodeAt(at);
    if (unit > 0x7e) return null;
    shown += unit === 0x09 ? TAB_COLUMNS : 1;
  }
  return null;
}
