import type { Store } from '../store/open-store.ts';
import { identityError } from './identity-error.ts';
import { toUser } from './user.ts';
import type { User } from './user.ts';

/** Throws `configInvalid` when there is none. */
export async function findUser(store: Pick<Store, 'db'>, userId: string): Promise<User> {
  const row = await store.db.selectFrom('users').selectAll().where('user_id', '=', userId).executeTakeFirst();
  if (row) return toUser(row);
  throw identityError('There is no such user. See Settings, Users.');
}

/** Throws `configInvalid` when nobody but this user could administer the project. */
export async function requireAnotherOwner(store: Pick<Store, 'db'>, user: User): Promise<void> {
  if (user.role !== 'owner' || user.isDisabled) return;
  const another = await store.db
    .selectFrom('users')
    .select('user_id')
    .where('role', '=', 'owner')
    .where('is_disabled', '=', 0)
    .where('password_hash', 'is not', null)
    .where('user_id', '!=', user.userId)
    .executeTakeFirst();
  if (another) return;
  throw identityError(
    `${user.email} is the only owner who can sign in. Make another user an owner first, so that the project stays administrable.`,
  );
}
