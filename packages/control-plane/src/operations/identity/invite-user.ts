import { randomUUID } from 'node:crypto';

import { z } from 'zod';

import { identityError } from '../../identity/identity-error.ts';
import { inviteUser as invite } from '../../identity/invitations.ts';
import { ROLES } from '../../identity/permissions.ts';
import { defineOperation } from '../../operation.ts';

export const emailSchema = z
  .email('Write it as name@example.org.')
  .max(254)
  .transform((text) => text.toLowerCase());

/** What lets a user set a password: `<address of the portal>/setup#<token>`, shown once. */
export const invitationSchema = z.strictObject({
  userId: z.string(),
  token: z.string(),
  expiresAt: z.string(),
});

/** Makes a user without a password, and the token of the link with which that person sets one. */
export const inviteUser = defineOperation({
  name: 'identity/invite-user',
  summary: 'Add a user, who sets a password by a link that works once.',
  permission: 'user.write',
  input: z.strictObject({
    email: emailSchema,
    name: z.string().trim().min(1).max(100).optional(),
    role: z.enum(ROLES),
  }),
  output: invitationSchema,
  async handler(context, { email, name, role }) {
    const store = await context.store();
    const userId = randomUUID();
    const added = await store.db
      .insertInto('users')
      .values({
        user_id: userId,
        email,
        name: name ?? email,
        role,
        password_hash: null,
        is_disabled: 0,
        created_at: Date.now(),
      })
      .onConflict((conflict) => conflict.column('email').doNothing())
      .returning('user_id')
      .executeTakeFirst();
    if (!added)
      throw identityError(
        `There is a user ${email} already. Change their role, or make a new link for them.`,
      );
    return { userId, ...(await invite(store, userId, Date.now())) };
  },
});
