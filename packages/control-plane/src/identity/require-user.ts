import type { Caller } from './caller.ts';
import { identityError } from './identity-error.ts';

/**
 * The user who is signed in. Throws `configInvalid` for everybody else: an API token must not change its own account, or
 * a leaked one could outlive its revocation.
 */
export function requireUser({ by, userId }: Caller): string {
  if (by === 'session' && userId !== null) return userId;
  throw identityError('This is about the account of a user: sign in at the portal.');
}
