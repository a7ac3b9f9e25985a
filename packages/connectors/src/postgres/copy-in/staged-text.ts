import type { DelimitedFormat } from '@millrace/connector-sdk';
import type { Field } from '@millrace/spec';
import { duckdbDialect, quoteIdentifier } from '@millrace/sql';

/** What the staged rows are sent as, and the options that say so to COPY. */
export const STAGED_FORMAT: DelimitedFormat = { delimiter: ',', quote: '"', escape: '"', nullText: '' };
export const STAGED_OPTIONS = `FORMAT csv, DELIMITER ',', QUOTE '"', ESCAPE '"', NULL '', ENCODING 'UTF8'`;

/** DuckDB expression for a column of a staged file in a text that PostgreSQL reads as the same value. */
export function stagedText(field: Field): string {
  const column = quoteIdentifier(duckdbDialect, field.name);
  switch (field.type.kind) {
    case 'bytes':
      return `'\\x' || lower(hex(${column}))`;
    case 'date':
      return withEra(column, 'DATE');
    case 'timestamp':
      // The text of an instant depends on DuckDB's time zone; the text of its UTC reading does not.
      return field.type.timezone
        ? `CASE WHEN isfinite(${column}) THEN ${withEra(`make_timestamp(epoch_us(${column}))`, 'TIMESTAMP')} || '+00' ELSE ${column}::VARCHAR END`
        : withEra(column, 'TIMESTAMP');
    default:
      return column;
  }
}

/** DuckDB writes `0044-03-15 (BC)`. Only years before 1 are rewritten: a replacement in every row costs a third of the text. */
function withEra(value: string, type: 'DATE' | 'TIMESTAMP'): string {
  return `CASE WHEN ${value} < ${type} '0001-01-01' THEN replace(${value}::VARCHAR, ' (BC)', ' BC') ELSE ${value}::VARCHAR END`;
}
