import type { Store } from '../store/open-store.ts';
import { prepareQuery } from '../store/prepared-query.ts';
import type { Caller } from './caller.ts';
import { isPassword } from './passwords.ts';
import { hashToken, newSecretToken } from './secret-token.ts';
import { toRole } from './user.ts';

const DAY_MS = 86_400_000;
/** A session that nobody used for so long is over. */
const IDLE_MS = 7 * DAY_MS;
const LIFE_MS = 30 * DAY_MS;
/** Written no oftener, so that a page costs no write. */
const SEEN_EVERY_MS = 60_000;

export interface SignIn {
  readonly email: string;
  readonly password: string;
  /** Where it comes from; addresses of earlier sessions are known ones. */
  readonly address: string;
}

/** A new session's token, for the cookie; undefined when e-mail or password is wrong or the user is disabled. */
export async function signIn(
  store: Store,
  { email, password, address }: SignIn,
  now: number,
): Promise<{ readonly token: string; readonly caller: Caller } | undefined> {
  const user = await store.db
    .selectFrom('users')
    .selectAll()
    .where('email', '=', email.toLowerCase())
    .executeTakeFirst();
  const isRight = await isPassword(password, user?.password_hash ?? null);
  if (!user || !isRight || user.is_disabled !== 0) return undefined;
  const token = await startSession(store, user.user_id, address, now);
  return {
    token,
    caller: { by: 'session', userId: user.user_id, name: user.email, role: toRole(user.role) },
  };
}

export async function startSession(
  store: Store,
  userId: string,
  address: string,
  now: number,
): Promise<string> {
  const token = newSecretToken('');
  await store.db
    .insertInto('sessions')
    .values({
      token_hash: token.hash,
      user_id: userId,
      address,
      created_at: now,
      seen_at: now,
      ended_at: null,
    })
    .execute();
  return token.text;
}

const findSessions = prepareQuery({ hash: '', startedAfter: 0, seenAfter: 0 }, (db, given) =>
  db
    .selectFrom('sessions')
    .innerJoin('users', 'users.user_id', 'sessions.user_id')
    .select(['users.user_id', 'users.email', 'users.role', 'sessions.seen_at'])
    .where('sessions.token_hash', '=', given.hash)
    .where('sessions.ended_at', 'is', null)
    .where('sessions.created_at', '>', given.startedAfter)
    .where('sessions.seen_at', '>', given.seenAfter)
    .where('users.is_disabled', '=', 0),
);

/**
 * Who holds the session's token, by what is true of the user now; undefined when the session is over. Only a use makes
 * it last longer: a page that is merely open does not.
 */
export async function findSession(
  store: Store,
  token: string,
  now: number,
  purpose: 'use' | 'look' = 'use',
): Promise<Caller | undefined> {
  const hash = hashToken(token);
  const times = { startedAfter: now - LIFE_MS, seenAfter: now - IDLE_MS };
  const [found] = await findSessions(store.db, { hash, ...times });
  if (!found) return undefined;
  if (purpose === 'use' && Number(found.seen_at) < now - SEEN_EVERY_MS)
    await store.db.updateTable('sessions').set({ seen_at: now }).where('token_hash', '=', hash).execute();
  return { by: 'session', userId: found.user_id, name: found.email, role: toRole(found.role) };
}

export async function endSession(store: Store, token: string, now: number): Promise<void> {
  await store.db
    .updateTable('sessions')
    .set({ ended_at: now })
    .where('token_hash', '=', hashToken(token))
    .where('ended_at', 'is', null)
    .execute();
}

/** Ends every session of a user; what a changed password, role or right asks for. */
export async function endSessions(store: Pick<Store, 'db'>, userId: string, now: number): Promise<void> {
  await store.db
    .updateTable('sessions')
    .set({ ended_at: now })
    .where('user_id', '=', userId)
    .where('ended_at', 'is', null)
    .execute();
}

/** Whether the user of this e-mail ever signed in from there. */
export async function isKnownAddress(store: Store, email: string, address: string): Promise<boolean> {
  const found = await store.db
    .selectFrom('sessions')
    .innerJoin('users', 'users.user_id', 'sessions.user_id')
    .select('sessions.token_hash')
    .where('users.email', '=', email.toLowerCase())
    .where('sessions.address', '=', address)
    .limit(1)
    .executeTakeFirst();
  return found !== undefined;
}
