import type { Kysely } from 'kysely';
import { sql } from 'kysely';

import { takeLine } from '../store/store-clock.ts';
import type { StoreSchema } from '../store/store-schema.ts';
import type { LiveFact, LiveEvent } from './live-event.ts';
import { formatPosition, type LivePosition } from './live-position.ts';

/** Notices that are kept for those who come back; one is some hundred bytes. */
const KEPT_NOTICES = 10_000;

/** To tell more than this one by one costs more than to read everything anew. */
const MANY = 200;

/** Writes down what happened; in the transaction that made it happen, at its end. */
export async function insertNotices(
  db: Kysely<StoreSchema>,
  changes: readonly Exclude<LiveFact, { kind: 'runEvent' }>[],
): Promise<void> {
  if (changes.length === 0) return;
  if (changes.length > MANY) return await insertNotices(db, [{ kind: 'reset' }]);
  await takeLine(db);
  for (let start = 0; start < changes.length; start += 1000) {
    const rows = changes.slice(start, start + 1000).map((change) => ({ change: JSON.stringify(change) }));
    await db.insertInto('live_notices').values(rows).execute();
  }
  await sql`
    delete from live_notices
     where sequence <= (select max(sequence) from live_notices) - ${sql.lit(KEPT_NOTICES)}`.execute(db);
}

/** Where the store stands now. */
export async function readPosition(db: Kysely<StoreSchema>): Promise<LivePosition> {
  const { rows } = await sql<LivePosition>`
    select (select coalesce(max(sequence), 0) from run_events) as events,
           (select coalesce(max(sequence), 0) from live_notices) as notices`.execute(db);
  return rows[0] ?? { events: 0, notices: 0 };
}

/** What happened after one position, up to another; at most `limit` of each sequence, the oldest first. */
export async function readBetween(
  db: Kysely<StoreSchema>,
  after: LivePosition,
  upTo: LivePosition,
  limit: number,
): Promise<{ readonly told: readonly LiveEvent[]; readonly position: LivePosition }> {
  const told: LiveEvent[] = [];
  let position = after;
  if (upTo.events > after.events) {
    const rows = await db
      .selectFrom('run_events')
      .select(['sequence', 'event'])
      .where('sequence', '>', after.events)
      .where('sequence', '<=', upTo.events)
      .orderBy('sequence')
      .limit(limit)
      .execute();
    for (const { sequence, event } of rows) {
      position = { ...position, events: sequence };
      told.push({ kind: 'runEvent', event: JSON.parse(event), id: formatPosition(position) });
    }
  }
  if (upTo.notices > after.notices) {
    const rows = await db
      .selectFrom('live_notices')
      .select(['sequence', 'change'])
      .where('sequence', '>', after.notices)
      .where('sequence', '<=', upTo.notices)
      .orderBy('sequence')
      .limit(limit)
      .execute();
    for (const { sequence, change } of rows) {
      position = { ...position, notices: sequence };
      told.push({ ...JSON.parse(change), id: formatPosition(position) });
    }
  }
  return { told, position };
}
