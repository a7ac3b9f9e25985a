/** The SQL dialects that Millrace writes. A dialect is data: how names and texts are quoted, nothing else. */
export interface Dialect {
  readonly name: 'duckdb' | 'postgres' | 'mysql' | 'sqlite';
  readonly identifierQuote: '"' | '`';
  /** True where a backslash inside a text literal is an escape (MySQL without NO_BACKSLASH_ESCAPES). */
  readonly hasBackslashEscapes: boolean;
}

export const duckdbDialect: Dialect = { name: 'duckdb', identifierQuote: '"', hasBackslashEscapes: false };
/** With standard_conforming_strings, the default since PostgreSQL 9.1. */
export const postgresDialect: Dialect = {
  name: 'postgres',
  identifierQuote: '"',
  hasBackslashEscapes: false,
};
export const mysqlDialect: Dialect = { name: 'mysql', identifierQuote: '`', hasBackslashEscapes: true };
export const sqliteDialect: Dialect = { name: 'sqlite', identifierQuote: '"', hasBackslashEscapes: false };

/** A name as SQL. Throws RangeError for U+0000, which no dialect can quote. */
export function quoteIdentifier(dialect: Dialect, name: string): string {
  if (name.includes('\0')) throw new RangeError('A name cannot contain U+0000.');
  const quote = dialect.identifierQuote;
  return quote + (name.includes(quote) ? name.replaceAll(quote, quote + quote) : name) + quote;
}

/** `schema.name` as SQL, or the name alone where there is no schema. */
export function quoteTable(
  dialect: Dialect,
  table: { readonly schema?: string; readonly name: string },
): string {
  const name = quoteIdentifier(dialect, table.name);
  return table.schema === undefined ? name : `${quoteIdentifier(dialect, table.schema)}.${name}`;
}

/** A text literal. Throws RangeError for U+0000 (pass such values as parameters). */
export function quoteText(dialect: Dialect, text: string): string {
  if (text.includes('\0')) throw new RangeError('A text literal cannot contain U+0000.');
  const escaped = text.replaceAll("'", "''");
  return `'${dialect.hasBackslashEscapes ? escaped.replaceAll('\\', '\\\\') : escaped}'`;
}
