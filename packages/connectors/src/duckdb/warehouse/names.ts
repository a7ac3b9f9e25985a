import type { TableName } from '@millrace/spec';
import { duckdbDialect, quoteIdentifier, quoteText } from '@millrace/sql';

/**
 * The name a file is attached under. By itself DuckDB takes the file's name, and then a schema of the same name
 * (`shop.duckdb` with `shop.orders`) is ambiguous.
 */
export const CATALOG = '_warehouse';

/** The schema of Millrace's own tables in a warehouse. */
export const OWN_SCHEMA = '_millrace';

/** DuckDB compares names without regard to the case of A to Z, and of these only. */
export function foldName(name: string): string {
  return name.replaceAll(/[A-Z]+/gu, (letters) => letters.toLowerCase());
}

/** The same for every spelling that names the same table. */
export function tableKey(table: TableName): string {
  return JSON.stringify([foldName(table.schema ?? 'main'), foldName(table.name)]);
}

export function identifier(name: string): string {
  return quoteIdentifier(duckdbDialect, name);
}

export function qualifiedName(table: TableName): string {
  return `${CATALOG}.${identifier(table.schema ?? 'main')}.${identifier(table.name)}`;
}

export function text(value: string): string {
  return quoteText(duckdbDialect, value);
}

/** A text literal or NULL. */
export function textOrNull(value: string | null): string {
  return value === null ? 'NULL' : text(value);
}
