import type { ForeignKey } from '@millrace/spec';

import type { MysqlConnection, TextRow } from '../protocol/connection.ts';

export const NO_FOREIGN_KEYS: ReadonlyMap<string, readonly ForeignKey[]> = new Map();

/** Foreign keys by `schema\0table`. `where` narrows TABLE_SCHEMA. */
export async function readForeignKeys(
  connection: MysqlConnection,
  where: string,
): Promise<ReadonlyMap<string, readonly ForeignKey[]>> {
  const rows = await connection.query(
    `SELECT TABLE_SCHEMA, TABLE_NAME, CONSTRAINT_NAME, COLUMN_NAME, REFERENCED_TABLE_SCHEMA, REFERENCED_TABLE_NAME, REFERENCED_COLUMN_NAME
      FROM information_schema.KEY_COLUMN_USAGE WHERE REFERENCED_TABLE_NAME IS NOT NULL AND ${where}
      ORDER BY TABLE_SCHEMA, TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION`,
  );
  const byTable = Map.groupBy(rows, (row) => `${row[0] ?? ''}\0${row[1] ?? ''}`);
  return new Map([...byTable].map(([table, columns]) => [table, toForeignKeys(columns)]));
}

function toForeignKeys(rows: readonly TextRow[]): readonly ForeignKey[] {
  return [...Map.groupBy(rows, (row) => row[2]).values()].map((parts): ForeignKey => ({
    columns: parts.map((part) => part[3] ?? ''),
    to: {
      table: { schema: parts[0]?.[4] ?? '', name: parts[0]?.[5] ?? '' },
      columns: parts.map((part) => part[6] ?? ''),
    },
  }));
}
