import { z } from 'zod';

import { ROLES } from '../../identity/permissions.ts';
import { toUser } from '../../identity/user.ts';
import { defineOperation } from '../../operation.ts';

export const userSchema = z.strictObject({
  userId: z.string(),
  email: z.string(),
  name: z.string(),
  role: z.enum(ROLES),
  isDisabled: z.boolean(),
  hasPassword: z.boolean(),
  createdAt: z.string(),
});

export const listUsers = defineOperation({
  name: 'identity/list-users',
  summary: 'List the users of the project.',
  permission: 'user.read',
  input: z.strictObject({}),
  output: z.strictObject({ users: z.array(userSchema) }),
  async handler(context) {
    const store = await context.store();
    const rows = await store.db.selectFrom('users').selectAll().orderBy('email').execute();
    return { users: rows.map(toUser) };
  },
});
