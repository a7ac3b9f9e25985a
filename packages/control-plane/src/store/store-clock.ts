import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';

/** Milliseconds since 1970 by the database's clock. Leases compare only this clock, so that no process's own clock matters. */
export const storeNow: RawBuilder<number> = sql<number>`cast(unixepoch('subsec') * 1000 as integer)`;
