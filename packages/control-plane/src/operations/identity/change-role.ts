import { z } from 'zod';

import { findUser, requireAnotherOwner } from '../../identity/find-user.ts';
import { ROLES } from '../../identity/permissions.ts';
import { endSessions } from '../../identity/sessions.ts';
import { defineOperation } from '../../operation.ts';
import { userSchema } from './list-users.ts';

/** The user's sessions end, so that nothing goes on with the rights of before. */
export const changeRole = defineOperation({
  name: 'identity/change-role',
  summary: 'Change what a user may do; their sessions end.',
  permission: 'user.write',
  input: z.strictObject({ userId: z.string(), role: z.enum(ROLES) }),
  output: userSchema,
  async handler(context, { userId, role }) {
    const store = await context.store();
    return await store.db.transaction().execute(async (db) => {
      const user = await findUser({ db }, userId);
      if (user.role === role) return user;
      await requireAnotherOwner({ db }, user);
      await db.updateTable('users').set({ role }).where('user_id', '=', userId).execute();
      await endSessions({ db }, userId, Date.now());
      return { ...user, role };
    });
  },
});
