import { createHash } from 'node:crypto';

import type { Caller } from '../identity/caller.ts';
import type { AuditEntryRow } from '../identity/identity-schema.ts';
import type { Store } from '../store/open-store.ts';

/** `done`: it happened; `failed`: it was tried; `denied`: it was refused to this caller. */
export type AuditOutcome = 'done' | 'failed' | 'denied';

/** Something that somebody did or was not let do. */
export interface AuditedAct {
  readonly actor: Pick<Caller, 'userId' | 'name'> & { readonly by: Caller['by'] | 'nobody' };
  readonly address: string;
  /** An operation's name, or `session/sign-in` and the like. */
  readonly action: string;
  /** What it was done to; no secret in it. */
  readonly target: string;
  readonly outcome: AuditOutcome;
  /** The error's code. */
  readonly reason: string | null;
}

/** Before the first entry. */
const START_HASH = '0'.repeat(64);
const HEAD_ID = 1;
const PAGE = 1000;

/** Appends an entry, durably before returning. Its hash covers the hash before it, so nothing before it can change unseen. */
export async function appendAudit(store: Store, act: AuditedAct, now: number): Promise<void> {
  await store.db.transaction().execute(async (db) => {
    await db
      .insertInto('audit_head')
      .values({ id: HEAD_ID, sequence: 0, hash: START_HASH })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute();
    // Taking the next number locks the row: entries of several servers stand in one order.
    const { sequence, hash: previous } = await db
      .updateTable('audit_head')
      .set((row) => ({ sequence: row('sequence', '+', 1) }))
      .where('id', '=', HEAD_ID)
      .returning(['sequence', 'hash'])
      .executeTakeFirstOrThrow();
    const entry = {
      sequence: Number(sequence),
      at: now,
      actor: act.actor.name,
      actor_kind: act.actor.by,
      user_id: act.actor.userId,
      address: act.address,
      action: act.action,
      target: act.target,
      outcome: act.outcome,
      reason: act.reason,
    };
    const hash = hashEntry(entry, previous);
    await db
      .insertInto('audit_entries')
      .values({ ...entry, hash })
      .execute();
    await db.updateTable('audit_head').set({ hash }).where('id', '=', HEAD_ID).execute();
  });
}

export interface AuditVerdict {
  readonly isIntact: boolean;
  readonly entries: number;
  /** The first entry that is not as it was written, or that is missing. */
  readonly brokenAt: number | null;
  /** Of the newest entry. Whoever notes it elsewhere can prove later that nothing before it changed. */
  readonly headHash: string;
}

/** Computes the whole chain again. */
export async function verifyAudit(store: Store, signal: AbortSignal): Promise<AuditVerdict> {
  const head = await store.db.selectFrom('audit_head').selectAll().executeTakeFirst();
  const headHash = head?.hash ?? START_HASH;
  const wanted = Number(head?.sequence ?? 0);
  let previous = START_HASH;
  let entries = 0;
  const broken = (): AuditVerdict => ({ isIntact: false, entries, brokenAt: entries + 1, headHash });
  for (;;) {
    signal.throwIfAborted();
    const rows = await store.db
      .selectFrom('audit_entries')
      .selectAll()
      .where('sequence', '>', entries)
      .where('sequence', '<=', wanted)
      .orderBy('sequence')
      .limit(PAGE)
      .execute();
    for (const row of rows) {
      const hash = hashEntry(row, previous);
      if (Number(row.sequence) !== entries + 1 || hash !== row.hash) return broken();
      entries += 1;
      previous = hash;
    }
    if (rows.length < PAGE) break;
  }
  if (entries !== wanted || previous !== headHash) return broken();
  return { isIntact: true, entries, brokenAt: null, headHash };
}

function hashEntry(entry: Omit<AuditEntryRow, 'hash'>, previous: string): string {
  const fields = [
    previous,
    Number(entry.sequence),
    Number(entry.at),
    entry.actor,
    entry.actor_kind,
    entry.user_id,
    entry.address,
    entry.action,
    entry.target,
    entry.outcome,
    entry.reason,
  ];
  return createHash('sha256').update(JSON.stringify(fields)).digest('hex');
}
