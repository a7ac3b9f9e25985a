/**
 * SQL as text for four dialects: quoting, and the statements more than one room writes.
 * Knows no driver, no connection and no document.
 * Enter at `quoteIdentifier` and `Dialect`.
 */
export * from './dialect.ts';
export * from './duckdb-name.ts';
export * from './duckdb-type.ts';
export * from './digest-duckdb.ts';
export * from './export-select.ts';
export * from './layout-sql.ts';
export * from './parse-duckdb-type.ts';
