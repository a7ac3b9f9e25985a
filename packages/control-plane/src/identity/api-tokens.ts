import type { Store } from '../store/open-store.ts';
import { prepareQuery } from '../store/prepared-query.ts';
import type { Caller } from './caller.ts';
import { lowerRole } from './permissions.ts';
import { hashToken } from './secret-token.ts';
import { toRole } from './user.ts';

const SEEN_EVERY_MS = 60_000;

const findTokens = prepareQuery({ hash: '' }, (db, { hash }) =>
  db
    .selectFrom('api_tokens')
    .innerJoin('users', 'users.user_id', 'api_tokens.user_id')
    .select([
      'api_tokens.token_id',
      'api_tokens.name',
      'api_tokens.role',
      'api_tokens.used_at',
      'api_tokens.expires_at',
      'users.user_id',
      'users.email',
      'users.role as user_role',
    ])
    .where('api_tokens.token_hash', '=', hash)
    .where('api_tokens.revoked_at', 'is', null)
    .where('users.is_disabled', '=', 0),
);

/** Who holds the token; undefined when it is revoked, too old or none of ours, or its user is disabled. */
export async function findApiToken(
  store: Store,
  token: string,
  now: number,
  purpose: 'use' | 'look' = 'use',
): Promise<Caller | undefined> {
  const [found] = await findTokens(store.db, { hash: hashToken(token) });
  if (!found || (found.expires_at !== null && Number(found.expires_at) <= now)) return undefined;
  if (purpose === 'use' && Number(found.used_at ?? 0) < now - SEEN_EVERY_MS)
    await store.db
      .updateTable('api_tokens')
      .set({ used_at: now })
      .where('token_id', '=', found.token_id)
      .execute();
  return {
    by: 'token',
    userId: found.user_id,
    name: `${found.email} (${found.name})`,
    role: lowerRole(toRole(found.role), toRole(found.user_role)),
  };
}
