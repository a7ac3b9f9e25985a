import { z } from 'zod';

import { identityError } from '../../identity/identity-error.ts';
import {
  MAX_PASSWORD_LENGTH,
  MIN_PASSWORD_LENGTH,
  hashPassword,
  isPassword,
} from '../../identity/passwords.ts';
import { requireUser } from '../../identity/require-user.ts';
import { endSessions } from '../../identity/sessions.ts';
import { defineOperation } from '../../operation.ts';

export const passwordSchema = z
  .string()
  .min(MIN_PASSWORD_LENGTH, `At least ${MIN_PASSWORD_LENGTH} characters; a sentence is a good password.`)
  .max(MAX_PASSWORD_LENGTH, `At most ${MAX_PASSWORD_LENGTH} characters.`);

/** All sessions of the user end, the one that asks too. */
export const changePassword = defineOperation({
  name: 'identity/change-password',
  summary: 'Change the own password; all own sessions end.',
  permission: 'account.write',
  input: z.strictObject({
    currentPassword: z.string().max(MAX_PASSWORD_LENGTH),
    newPassword: passwordSchema,
  }),
  output: z.strictObject({}),
  async handler(context, { currentPassword, newPassword }) {
    const userId = requireUser(context.caller);
    const store = await context.store();
    const row = await store.db
      .selectFrom('users')
      .select('password_hash')
      .where('user_id', '=', userId)
      .executeTakeFirstOrThrow();
    if (!(await isPassword(currentPassword, row.password_hash)))
      throw identityError('The current password is another one. Nothing was changed.');
    const passwordHash = await hashPassword(newPassword);
    await store.db.transaction().execute(async (db) => {
      await db
        .updateTable('users')
        .set({ password_hash: passwordHash })
        .where('user_id', '=', userId)
        .execute();
      await endSessions({ db }, userId, Date.now());
    });
    return {};
  },
});
