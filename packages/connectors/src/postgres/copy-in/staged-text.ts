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
      return era(`${column}::VARCHAR`);
    case 'timestamp':
      // The text of an instant depends on DuckDB's time zone; the text of its UTC reading does not.
      return field.type.timezone
        ? `CASE WHEN isfinite(${column}) THEN ${era(`make_timestamp(epoch_us(${column}))::VARCHAR`)} || '+00' ELSE ${column}::VARCHAR END`
        : era(`${column}::VARCHAR`);
    default:
      return column;
  }
}

/** DuckDB writes `0044-03-15 (BC)`. */
function era(text: string): string {
  return `replace(${text}, ' (BC)', ' BC')`;
}
