import type { DatabaseSync } from 'node:sqlite';

import type { ForeignKey } from '@millrace/spec';

import { queryRows } from './database.ts';

/** The foreign keys that a table declares; one that names no columns refers to the primary key. */
export function readForeignKeys(database: DatabaseSync, table: string): readonly ForeignKey[] {
  const rows = queryRows(
    database,
    'SELECT id, "table", "from", "to" FROM pragma_foreign_key_list(?, \'main\') ORDER BY id, seq',
    table,
  );
  return [...Map.groupBy(rows, (row) => row[0]).values()].map((parts): ForeignKey => {
    const name = String(parts[0]?.[1]);
    const named = parts.flatMap((part) => (part[3] === null ? [] : [String(part[3])]));
    return {
      columns: parts.map((part) => String(part[2])),
      to: { table: { name }, columns: named.length > 0 ? named : primaryKey(database, name) },
    };
  });
}

function primaryKey(database: DatabaseSync, table: string): readonly string[] {
  return queryRows(
    database,
    "SELECT name FROM pragma_table_info(?, 'main') WHERE pk > 0 ORDER BY pk",
    table,
  ).map(([name]) => String(name));
}
