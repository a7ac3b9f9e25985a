import { sql } from 'kysely';

import type { Store } from './open-store.ts';

/**
 * Does a part of a transaction that the rest does not depend on: when it fails, it alone is undone, and its error is the
 * answer.
 */
export async function tryPart(db: Store['db'], work: () => Promise<void>): Promise<unknown> {
  await sql`savepoint part`.execute(db);
  try {
    await work();
    await sql`release savepoint part`.execute(db);
    return undefined;
  } catch (error) {
    await sql`rollback to savepoint part`.execute(db);
    await sql`release savepoint part`.execute(db);
    return error;
  }
}
