import { randomUUID } from 'node:crypto';

import type { Store } from '../store/open-store.ts';
import { identityError } from './identity-error.ts';
import { hashPassword } from './passwords.ts';
import { hashToken, newSecretToken } from './secret-token.ts';
import { endSessions } from './sessions.ts';

const FIRST_ADMINISTRATOR_MS = 30 * 60_000;
const USER_MS = 3 * 86_400_000;

/** Whom an invitation lets set a password. */
export type Invited =
  | { readonly kind: 'administrator' }
  | { readonly kind: 'user'; readonly email: string; readonly name: string; readonly role: string };

/**
 * The token of a link that makes the first administrator; undefined when there is a user already. Earlier ones die.
 */
export async function inviteAdministrator(store: Store, now: number): Promise<string | undefined> {
  if (await hasUsers(store)) return undefined;
  const token = newSecretToken('');
  await store.db.transaction().execute(async (db) => {
    await db.deleteFrom('invitations').where('user_id', 'is', null).execute();
    await db
      .insertInto('invitations')
      .values({
        token_hash: token.hash,
        user_id: null,
        expires_at: now + FIRST_ADMINISTRATOR_MS,
        used_at: null,
      })
      .execute();
  });
  return token.text;
}

/** The token of a link with which the user sets a password, once. Earlier ones of the user die. */
export async function inviteUser(
  store: Store,
  userId: string,
  now: number,
): Promise<{ readonly token: string; readonly expiresAt: string }> {
  const token = newSecretToken('');
  const expiresAt = now + USER_MS;
  await store.db.transaction().execute(async (db) => {
    await db.deleteFrom('invitations').where('user_id', '=', userId).execute();
    await db
      .insertInto('invitations')
      .values({ token_hash: token.hash, user_id: userId, expires_at: expiresAt, used_at: null })
      .execute();
  });
  return { token: token.text, expiresAt: new Date(expiresAt).toISOString() };
}

export async function hasUsers(store: Pick<Store, 'db'>): Promise<boolean> {
  return (await store.db.selectFrom('users').select('user_id').limit(1).executeTakeFirst()) !== undefined;
}

/** What the link is for; undefined when it is used, too old or none of ours. */
export async function readInvitation(store: Store, token: string, now: number): Promise<Invited | undefined> {
  const found = await store.db
    .selectFrom('invitations')
    .leftJoin('users', 'users.user_id', 'invitations.user_id')
    .select(['invitations.user_id', 'users.email', 'users.name', 'users.role', 'users.is_disabled'])
    .where('invitations.token_hash', '=', hashToken(token))
    .where('invitations.used_at', 'is', null)
    .where('invitations.expires_at', '>', now)
    .executeTakeFirst();
  if (!found || found.is_disabled === 1) return undefined;
  if (found.user_id === null) return { kind: 'administrator' };
  return { kind: 'user', email: found.email ?? '', name: found.name ?? '', role: found.role ?? '' };
}

export interface Acceptance {
  readonly token: string;
  readonly password: string;
  /** Of the first administrator; an invited user has them. */
  readonly email?: string | undefined;
  readonly name?: string | undefined;
}

/**
 * Uses an invitation: its user, or the first administrator, has this password from now on. Of two that use one at the
 * same time one succeeds. Throws `configInvalid` when it is used or too old.
 */
export async function acceptInvitation(
  store: Store,
  acceptance: Acceptance,
  now: number,
): Promise<{ readonly userId: string }> {
  const invited = await readInvitation(store, acceptance.token, now);
  if (!invited) throw deadLink();
  if (invited.kind === 'administrator' && !acceptance.email)
    throw identityError('Say the e-mail address of the administrator.');
  // Before the transaction, because it takes long and others wait for the store.
  const passwordHash = await hashPassword(acceptance.password);
  return await store.db.transaction().execute(async (db) => {
    const used = await db
      .updateTable('invitations')
      .set({ used_at: now })
      .where('token_hash', '=', hashToken(acceptance.token))
      .where('used_at', 'is', null)
      .where('expires_at', '>', now)
      .returning('user_id')
      .executeTakeFirst();
    if (!used) throw deadLink();
    if (used.user_id !== null) {
      await db
        .updateTable('users')
        .set({ password_hash: passwordHash })
        .where('user_id', '=', used.user_id)
        .execute();
      await endSessions({ db }, used.user_id, now);
      return { userId: used.user_id };
    }
    if (await hasUsers({ db })) throw deadLink();
    const email = (acceptance.email ?? '').toLowerCase();
    const userId = randomUUID();
    await db
      .insertInto('users')
      .values({
        user_id: userId,
        email,
        name: acceptance.name || email,
        role: 'owner',
        password_hash: passwordHash,
        is_disabled: 0,
        created_at: now,
      })
      .execute();
    return { userId };
  });
}

function deadLink(): Error {
  return identityError(
    'This link was used already, or is too old. For the first administrator, start the server again: it prints a new one. Else ask an owner for a new link.',
  );
}
