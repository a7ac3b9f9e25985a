import { randomUUID } from 'node:crypto';

import { z } from 'zod';

import { defineOperation } from '../../operation.ts';
import { askedConnection } from '../../warehouse/ask-warehouse.ts';

/** Keeps a query under a name; one of the same name is replaced. */
export const saveQuery = defineOperation({
  name: 'warehouse/save-query',
  summary: 'Keep a query under a name.',
  permission: 'data.read',
  input: z.strictObject({
    name: z.string().trim().min(1).max(200),
    description: z.string().max(10_000).optional(),
    connection: z.string().optional(),
    sql: z.string().min(1).max(1_000_000),
  }),
  output: z.strictObject({ id: z.string() }),
  async handler(context, { name, description, connection, sql }) {
    const { db } = await context.store();
    const kept = {
      description: description ?? null,
      connection: (await askedConnection(context, connection)).name,
      statement: sql,
      saved_by: context.caller.name,
      saved_at: Date.now(),
    };
    const { saved_id: id } = await db
      .insertInto('saved_queries')
      .values({ saved_id: randomUUID(), name, ...kept })
      .onConflict((conflict) => conflict.column('name').doUpdateSet(kept))
      .returning('saved_id')
      .executeTakeFirstOrThrow();
    return { id };
  },
});
