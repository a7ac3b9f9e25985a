import { z } from 'zod';

import { defineOperation } from '../../operation.ts';

const OUTCOMES = ['done', 'failed', 'denied'] as const;

const entrySchema = z.strictObject({
  sequence: z.number(),
  at: z.string(),
  actor: z.string(),
  actorKind: z.string(),
  address: z.string(),
  action: z.string(),
  target: z.string(),
  outcome: z.string(),
  reason: z.string().nullable(),
  hash: z.string(),
});

/** Entries of the audit log, newest first. */
export const listEntries = defineOperation({
  name: 'audit/list-entries',
  summary: 'List who did what, newest first.',
  permission: 'audit.read',
  input: z.strictObject({
    /** Part of the actor's name. */
    actor: z.string().max(254).optional(),
    /** Beginning of the action, as `identity/`. */
    action: z.string().max(100).optional(),
    outcome: z.enum(OUTCOMES).optional(),
    /** ISO 8601. */
    since: z.iso.datetime().optional(),
    until: z.iso.datetime().optional(),
    /** Only entries before this number: the next page. */
    before: z.int().min(1).optional(),
    limit: z.int().min(1).max(1000).default(100),
  }),
  output: z.strictObject({ entries: z.array(entrySchema), hasMore: z.boolean() }),
  async handler(context, { actor, action, outcome, since, until, before, limit }) {
    const store = await context.store();
    let query = store.db.selectFrom('audit_entries').selectAll();
    if (actor !== undefined) query = query.where('actor', 'like', `%${escapeLike(actor)}%`);
    if (action !== undefined) query = query.where('action', 'like', `${escapeLike(action)}%`);
    if (outcome !== undefined) query = query.where('outcome', '=', outcome);
    if (since !== undefined) query = query.where('at', '>=', Date.parse(since));
    if (until !== undefined) query = query.where('at', '<', Date.parse(until));
    if (before !== undefined) query = query.where('sequence', '<', before);
    const rows = await query
      .orderBy('sequence', 'desc')
      .limit(limit + 1)
      .execute();
    return {
      hasMore: rows.length > limit,
      entries: rows.slice(0, limit).map((row) => ({
        sequence: Number(row.sequence),
        at: new Date(Number(row.at)).toISOString(),
        actor: row.actor,
        actorKind: row.actor_kind,
        address: row.address,
        action: row.action,
        target: row.target,
        outcome: row.outcome,
        reason: row.reason,
        hash: row.hash,
      })),
    };
  },
});

/** Names hold no wildcard that is meant as one; `_` and `%` of theirs only widen what is found. */
function escapeLike(text: string): string {
  return text.replaceAll('%', '');
}
