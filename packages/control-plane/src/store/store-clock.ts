import { sql } from 'kysely';
import type { Kysely, RawBuilder } from 'kysely';

import type { StoreSchema } from './store-schema.ts';

/** Milliseconds since 1970 by the database's clock. Leases compare only this clock, so that no process's own clock matters. */
export const storeNow: RawBuilder<number> = sql<number>`store_now()`;

/**
 * Lets transactions that take numbers of a sequence commit in the order of those numbers, so that who reads behind them
 * misses none. Comes right before the numbers are taken, as late in the transaction as can be.
 */
export async function takeLine(db: Kysely<StoreSchema>): Promise<void> {
  await sql`select store_line()`.execute(db);
}
