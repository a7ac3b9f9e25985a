import type { Field, LogicalType } from '@millrace/spec';
import { duckdbDialect, quoteIdentifier } from '@millrace/sql';

/** DuckDB expression for a column in the text that published CSV and JSON lines files hold, and that reads back exactly. */
export function textExpression(field: Field, neutralizeFormulas: boolean): string {
  const column = quoteIdentifier(duckdbDialect, field.name);
  switch (field.type.kind) {
    case 'boolean':
      return `CAST(${column} AS VARCHAR)`;
    case 'decimal':
      // DuckDB leaves the zero out where no digit can stand before the point, which JSON does not allow.
      return `regexp_replace(CAST(${column} AS VARCHAR), '^(-?)\\.', '\\10.')`;
    case 'bytes':
      return `'\\x' || lower(hex(${column}))`;
    case 'float':
      return `CAST(CAST(${column} AS DOUBLE) AS VARCHAR)`;
    case 'date':
      return withEra(`CAST(${column} AS VARCHAR)`, '');
    case 'timestamp':
      // The text of an instant depends on DuckDB's time zone; the text of its UTC reading does not.
      return field.type.timezone
        ? `CASE WHEN isfinite(${column}) THEN ${withEra(`CAST(make_timestamp(epoch_us(${column})) AS VARCHAR)`, '+00')} ELSE CAST(${column} AS VARCHAR) END`
        : withEra(`CAST(${column} AS VARCHAR)`, '');
    case 'string':
    case 'json':
      return neutralizeFormulas ? neutralized(`CAST(${column} AS VARCHAR)`) : `CAST(${column} AS VARCHAR)`;
    default:
      return `CAST(${column} AS VARCHAR)`;
  }
}

/** DuckDB writes `0044-03-15 (BC) 10:00:00`; here the era stands at the end, behind the offset. */
function withEra(text: string, offset: string): string {
  return `replace(${text}, ' (BC)', '') || '${offset}' || CASE WHEN contains(${text}, '(BC)') THEN ' BC' ELSE '' END`;
}

/** Characters that make a spreadsheet run a cell, and their full-width forms (OWASP, CSV injection). */
function neutralized(text: string): string {
  return `CASE WHEN regexp_matches(${text}, '^[=+\\-@\\t\\r\\n\\x{FF1D}\\x{FF0B}\\x{FF0D}\\x{FF20}]') THEN '''' || ${text} ELSE ${text} END`;
}

/** A cell of JSON lines: numbers, booleans and JSON as they are, everything else in quotes. */
export function jsonCell(type: LogicalType, text: string | null): string {
  if (text === null) return 'null';
  switch (type.kind) {
    case 'boolean':
    case 'integer':
    case 'decimal':
      return text;
    case 'float':
      return /^-?\d/.test(text) ? text : JSON.stringify(text);
    case 'json':
      // Line ends can stand between the tokens of JSON only, where a space means the same.
      return text.replace(/[\r\n]/g, ' ');
    default:
      return JSON.stringify(text);
  }
}
