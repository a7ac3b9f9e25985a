import type { TableName } from '@millrace/spec';
import { formatTableName } from '@millrace/spec';

import type { QueryRow } from '../catalogue/catalogue-schema.ts';
import type { Store } from '../store/open-store.ts';

/** Questions of one person that are kept. */
const KEPT = 1000;

/** Adds a question to the history, with the datasets it read. */
export async function recordQuery(
  store: Store,
  query: QueryRow,
  tables: readonly TableName[],
): Promise<void> {
  await store.db.transaction().execute(async (db) => {
    await db
      .insertInto('queries')
      .values(query)
      .onConflict((conflict) => conflict.column('query_id').doNothing())
      .execute();
    if (tables.length > 0)
      await db
        .insertInto('query_tables')
        .values(
          tables.map((table) => ({
            query_id: query.query_id,
            connection: query.connection,
            name: formatTableName(table),
          })),
        )
        .onConflict((conflict) => conflict.columns(['query_id', 'connection', 'name']).doNothing())
        .execute();
    const oldest = await db
      .selectFrom('queries')
      .select('started_at')
      .where('caller_id', '=', query.caller_id)
      .orderBy('started_at', 'desc')
      .limit(1)
      .offset(KEPT)
      .executeTakeFirst();
    if (oldest === undefined) return;
    const old = db
      .selectFrom('queries')
      .select('query_id')
      .where('caller_id', '=', query.caller_id)
      .where('started_at', '<=', oldest.started_at);
    await db.deleteFrom('query_tables').where('query_id', 'in', old).execute();
    await db
      .deleteFrom('queries')
      .where('caller_id', '=', query.caller_id)
      .where('started_at', '<=', oldest.started_at)
      .execute();
  });
}
