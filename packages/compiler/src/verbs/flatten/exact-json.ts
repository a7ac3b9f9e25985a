import { duckdbDialect, quoteText } from '@millrace/sql';
import type { LogicalType } from '@millrace/spec';

import { convertValue } from '../../sql/convert-value.ts';

const quote = (text: string) => quoteText(duckdbDialect, text);

/**
 * DuckDB reads numbers of JSON as 64-bit integers and doubles: 1.10 comes back as 1.1, 9007199254740993.0 as ...992.0. So
 * numbers are made texts that begin with a character that Unicode keeps for such uses, before anything is read.
 */
const MARK = 'chr(64976)';
const MARK_PATTERN = '\\x{FDD0}';
const NUMBER = '[0-9.eE+-]+';

/** Whole texts and what is neither text nor number, then a number, or the end. */
const UP_TO_NUMBER = '((?:"(?:[^"\\\\]|\\\\.)*"|[^"0-9-])*)([0-9-][0-9.eE+-]*|$)';

/** Types whose values are texts or numbers with a fraction, which must be read as they are written. */
const READ_AS_WRITTEN: ReadonlySet<LogicalType['kind']> = new Set(['string', 'json', 'decimal', 'float']);

export function isReadAsWritten(type: LogicalType): boolean {
  return READ_AS_WRITTEN.has(type.kind);
}

/**
 * JSON in which each number is a marked text. In brackets, so that there is always something behind the last number, where
 * the pattern matches once more and leaves an empty one.
 */
export function markNumbers(json: string): string {
  const marked = `regexp_replace('[' || ${json} || ']', ${quote(UP_TO_NUMBER)}, '\\1"' || ${MARK} || '\\2"', 'g')`;
  return `json_extract(left(${marked}, -3), '$[0]')`;
}

function unmark(text: string): string {
  return `regexp_replace(${text}, ${quote(`"${MARK_PATTERN}(${NUMBER})"`)}, '\\1', 'g')`;
}

/** The text at a path as it is written; JSON of what is no scalar; NULL of null. */
export function textAt(json: string, path: string, isMarked: boolean): string {
  const text = `json_extract_string(${json}, ${quote(path)})`;
  return isMarked ? `ltrim(${text}, ${MARK})` : text;
}

/** The value at a path; NULL when there is none, or it is not exactly of the type. Undefined for types that JSON never holds. */
export function valueAt(json: string, path: string, to: LogicalType, isMarked: boolean): string | undefined {
  const text = textAt(json, path, isMarked);
  if (to.kind === 'string') return isMarked ? unmark(text) : text;
  if (to.kind !== 'json') return convertValue(text, { kind: 'string' }, to);
  const part = `json_extract(${json}, ${quote(path)})`;
  const written = `CAST(${part} AS VARCHAR)`;
  return `CASE WHEN json_type(${part}) <> 'NULL' THEN CAST(${isMarked ? unmark(written) : written} AS JSON) END`;
}
