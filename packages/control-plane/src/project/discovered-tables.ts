import { formatTableName } from '@millrace/spec';
import type { SourceTable } from '@millrace/spec';

import type { Store } from '../store/open-store.ts';
import { storeNow } from '../store/store-clock.ts';

/** Keeps the names of a connection's tables, for completion. Runs and plans always ask the source itself. */
export async function rememberTables(
  store: Store,
  connection: string,
  tables: readonly SourceTable[],
): Promise<void> {
  const names = JSON.stringify(tables.map((table) => formatTableName(table.table)));
  await store.db
    .insertInto('discovered_tables')
    .values({ connection, tables: names, discovered_at: storeNow })
    .onConflict((conflict) =>
      conflict.column('connection').doUpdateSet({ tables: names, discovered_at: storeNow }),
    )
    .execute();
}

/** Names of tables that were seen at the last discovery of all of a connection. */
export async function recallTables(store: Store): Promise<readonly string[]> {
  const rows = await store.db.selectFrom('discovered_tables').select('tables').execute();
  return rows.flatMap((row): readonly string[] => JSON.parse(row.tables));
}
