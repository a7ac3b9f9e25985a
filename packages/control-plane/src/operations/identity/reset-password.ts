import { z } from 'zod';

import { findUser } from '../../identity/find-user.ts';
import { inviteUser } from '../../identity/invitations.ts';
import { defineOperation } from '../../operation.ts';
import { invitationSchema } from './invite-user.ts';

/** Makes a link for a new password. The old password holds until the link is used; then every session of the user ends. */
export const resetPassword = defineOperation({
  name: 'identity/reset-password',
  summary: 'Make a link with which a user sets a new password.',
  permission: 'user.write',
  input: z.strictObject({ userId: z.string() }),
  output: invitationSchema,
  async handler(context, { userId }) {
    const store = await context.store();
    await findUser(store, userId);
    return { userId, ...(await inviteUser(store, userId, Date.now())) };
  },
});
