import { duckdbDialect, quoteText } from '@millrace/sql';

const text = (value: string) => quoteText(duckdbDialect, value);

/** Spaces of every kind, line breaks and tabs, as a class of RE2. */
const SPACE = '[\\s\\p{Z}]';
/** Letters with their accents, digits and apostrophes. */
const WORD = "[\\p{L}\\p{M}\\p{N}'’]";

export interface TextCleaning {
  readonly trim?: boolean | undefined;
  readonly collapseSpaces?: boolean | undefined;
  readonly nullTokens?: readonly string[] | undefined;
  readonly case?: 'lower' | 'upper' | 'title' | undefined;
}

/** Spaces first, so that a token for NULL is found whatever stands around it; case last. */
export function cleanText(column: string, settings: TextCleaning): string {
  let sql = column;
  if (settings.collapseSpaces === true) sql = `regexp_replace(${sql}, ${text(`${SPACE}+`)}, ' ', 'g')`;
  if (settings.trim === true) sql = `regexp_replace(${sql}, ${text(`^${SPACE}+|${SPACE}+$`)}, '', 'g')`;
  if (settings.nullTokens !== undefined) {
    const tokens = [...new Set(settings.nullTokens.map((token) => token.toLowerCase()))].map(text);
    sql = `CASE WHEN lower(${sql}) IN (${tokens.join(', ')}) THEN NULL ELSE ${sql} END`;
  }
  switch (settings.case) {
    case 'lower':
      return `lower(${sql})`;
    case 'upper':
      return `upper(${sql})`;
    case 'title': {
      const parts = `regexp_extract_all(lower(${sql}), ${text(`${WORD}+|[^${WORD.slice(1)}+`)})`;
      return `array_to_string(list_transform(${parts}, lambda part: upper(left(part, 1)) || substr(part, 2)), '')`;
    }
    case undefined:
      return sql;
  }
}
