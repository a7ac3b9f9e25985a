import { z } from 'zod';

import { findUser, requireAnotherOwner } from '../../identity/find-user.ts';
import { endSessions } from '../../identity/sessions.ts';
import { defineOperation } from '../../operation.ts';
import { userSchema } from './list-users.ts';

/** A disabled user cannot sign in, and neither sessions nor tokens of theirs are taken. */
export const setDisabled = defineOperation({
  name: 'identity/set-disabled',
  summary: 'Disable a user, or let a disabled user in again.',
  permission: 'user.write',
  input: z.strictObject({ userId: z.string(), isDisabled: z.boolean() }),
  output: userSchema,
  async handler(context, { userId, isDisabled }) {
    const store = await context.store();
    return await store.db.transaction().execute(async (db) => {
      const user = await findUser({ db }, userId);
      if (isDisabled) {
        await requireAnotherOwner({ db }, user);
        await endSessions({ db }, userId, Date.now());
      }
      await db
        .updateTable('users')
        .set({ is_disabled: isDisabled ? 1 : 0 })
        .where('user_id', '=', userId)
        .execute();
      return { ...user, isDisabled };
    });
  },
});
