import { z } from 'zod';

import { identityError } from '../../identity/identity-error.ts';
import { isAllowed } from '../../identity/permissions.ts';
import { defineOperation } from '../../operation.ts';

/** The next request with it is refused. */
export const revokeToken = defineOperation({
  name: 'identity/revoke-token',
  summary: 'Revoke an API token: the own ones, or any for owners.',
  permission: 'account.write',
  input: z.strictObject({ tokenId: z.string() }),
  output: z.strictObject({}),
  async handler(context, { tokenId }) {
    const { userId, role } = context.caller;
    const store = await context.store();
    const revoked = await store.db
      .updateTable('api_tokens')
      .set({ revoked_at: Date.now() })
      .where('token_id', '=', tokenId)
      .where('revoked_at', 'is', null)
      .$if(!isAllowed(role, 'user.write'), (query) => query.where('user_id', '=', userId ?? ''))
      .returning('token_id')
      .executeTakeFirst();
    if (!revoked) throw identityError('There is no such token of yours, or it is revoked already.');
    return {};
  },
});
