import { randomUUID } from 'node:crypto';

import { z } from 'zod';

import { identityError } from '../../identity/identity-error.ts';
import { ROLES, lowerRole } from '../../identity/permissions.ts';
import { requireUser } from '../../identity/require-user.ts';
import { newSecretToken } from '../../identity/secret-token.ts';
import { defineOperation } from '../../operation.ts';

const DAY_MS = 86_400_000;

/** A token of the user who is signed in; its text is told this once. */
export const createToken = defineOperation({
  name: 'identity/create-token',
  summary: 'Make an API token; it is shown once.',
  permission: 'account.write',
  input: z.strictObject({
    name: z.string().trim().min(1).max(100),
    role: z.enum(ROLES),
    /** From now; null for one without an end. */
    days: z.int().min(1).max(3650).nullable().default(90),
  }),
  output: z.strictObject({ tokenId: z.string(), token: z.string(), expiresAt: z.string().nullable() }),
  async handler(context, { name, role, days }) {
    const userId = requireUser(context.caller);
    if (lowerRole(role, context.caller.role) !== role)
      throw identityError(`You are ${context.caller.role}: a token of yours may not be ${role}.`);
    const store = await context.store();
    const token = newSecretToken('mlr_');
    const now = Date.now();
    const expiresAt = days === null ? null : now + days * DAY_MS;
    const tokenId = randomUUID();
    await store.db
      .insertInto('api_tokens')
      .values({
        token_id: tokenId,
        token_hash: token.hash,
        user_id: userId,
        name,
        role,
        created_at: now,
        expires_at: expiresAt,
        used_at: null,
        revoked_at: null,
      })
      .execute();
    return {
      tokenId,
      token: token.text,
      expiresAt: expiresAt === null ? null : new Date(expiresAt).toISOString(),
    };
  },
});
