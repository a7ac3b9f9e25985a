import { quoteIdentifier, sqliteDialect } from '@millrace/sql';

/** A name as SQLite reads it. */
export function quote(name: string): string {
  return quoteIdentifier(sqliteDialect, name);
}
