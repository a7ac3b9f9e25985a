import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import { callerKey } from '../../warehouse/ask-warehouse.ts';

/** What the caller asked lately, and the queries that anyone saved. */
export const listQueries = defineOperation({
  name: 'warehouse/list-queries',
  summary: 'List the saved queries, and what you asked lately.',
  permission: 'data.read',
  input: z.strictObject({ limit: z.int().min(1).max(1000).default(100) }),
  output: z.strictObject({
    history: z.array(
      z.strictObject({
        queryId: z.string(),
        sql: z.string(),
        connection: z.string(),
        startedAt: z.iso.datetime(),
        durationMs: z.number(),
        state: z.enum(['succeeded', 'failed', 'cancelled']),
        rows: z.number().nullable(),
        reason: z.string().nullable(),
      }),
    ),
    saved: z.array(
      z.strictObject({
        id: z.string(),
        name: z.string(),
        description: z.string().nullable(),
        connection: z.string(),
        sql: z.string(),
        savedBy: z.string(),
        savedAt: z.iso.datetime(),
      }),
    ),
  }),
  async handler(context, { limit }) {
    const { db } = await context.store();
    const history = await db
      .selectFrom('queries')
      .selectAll()
      .where('caller_id', '=', callerKey(context))
      .orderBy('started_at', 'desc')
      .limit(limit)
      .execute();
    const saved = await db.selectFrom('saved_queries').selectAll().orderBy('name').execute();
    return {
      history: history.map((row) => ({
        queryId: row.query_id,
        sql: row.statement,
        connection: row.connection,
        startedAt: new Date(row.started_at).toISOString(),
        durationMs: row.duration_ms,
        state: row.state,
        rows: row.row_count,
        reason: row.reason,
      })),
      saved: saved.map((row) => ({
        id: row.saved_id,
        name: row.name,
        description: row.description,
        connection: row.connection,
        sql: row.statement,
        savedBy: row.saved_by,
        savedAt: new Date(row.saved_at).toISOString(),
      })),
    };
  },
});
