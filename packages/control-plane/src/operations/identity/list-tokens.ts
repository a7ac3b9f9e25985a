import { z } from 'zod';

import { ROLES, isAllowed } from '../../identity/permissions.ts';
import { toRole } from '../../identity/user.ts';
import { defineOperation } from '../../operation.ts';

const tokenSchema = z.strictObject({
  tokenId: z.string(),
  name: z.string(),
  role: z.enum(ROLES),
  email: z.string(),
  isOwn: z.boolean(),
  createdAt: z.string(),
  expiresAt: z.string().nullable(),
  usedAt: z.string().nullable(),
});

/** Tokens that are not revoked: the caller's own, or all of them for who may see the users. */
export const listTokens = defineOperation({
  name: 'identity/list-tokens',
  summary: 'List API tokens: the own ones, or all for owners.',
  permission: 'account.read',
  input: z.strictObject({}),
  output: z.strictObject({ tokens: z.array(tokenSchema) }),
  async handler(context) {
    const { userId, role } = context.caller;
    const store = await context.store();
    const rows = await store.db
      .selectFrom('api_tokens')
      .innerJoin('users', 'users.user_id', 'api_tokens.user_id')
      .selectAll('api_tokens')
      .select('users.email')
      .where('api_tokens.revoked_at', 'is', null)
      .$if(!isAllowed(role, 'user.read'), (query) => query.where('users.user_id', '=', userId ?? ''))
      .orderBy('api_tokens.created_at', 'desc')
      .execute();
    return {
      tokens: rows.map((row) => ({
        tokenId: row.token_id,
        name: row.name,
        role: toRole(row.role),
        email: row.email,
        isOwn: row.user_id === userId,
        createdAt: toTime(row.created_at),
        expiresAt: row.expires_at === null ? null : toTime(row.expires_at),
        usedAt: row.used_at === null ? null : toTime(row.used_at),
      })),
    };
  },
});

function toTime(milliseconds: number): string {
  return new Date(Number(milliseconds)).toISOString();
}
