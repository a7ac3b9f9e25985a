import { createHash, timingSafeEqual } from 'node:crypto';

import { LOCAL_CALLER, findApiToken, findSession, localCaller } from '@millrace/control-plane';
import type { Caller, ProjectHost } from '@millrace/control-plane';
import type { Context, MiddlewareHandler } from 'hono';

import type { Auditor } from '../operations/auditor.ts';
import { refuse } from '../operations/refuse.ts';
import type { ServerEnvironment } from '../server-environment.ts';
import type { AddressOf } from './address-of.ts';
import { AttemptLimiter } from './attempt-limiter.ts';
import type { SessionCookie } from './session-cookie.ts';

export interface IdentifyOptions {
  readonly host: ProjectHost;
  /** Of `.millrace/server.json`: whoever can read it has the project's folder. */
  readonly localToken: string;
  /** Nobody signs in, and everybody may everything. */
  readonly isAuthOff: boolean;
  readonly cookie: SessionCookie;
  readonly addressOf: AddressOf;
}

const MAX_NAME = 100;
const ANYONE: Caller = { by: 'anyone', userId: null, name: 'anyone', role: 'owner' };

/** Who calls, by API token, local token or session; undefined when nobody whom we know. A look is no use of a session. */
export async function identify(
  c: Context,
  options: IdentifyOptions,
  purpose: 'use' | 'look' = 'use',
): Promise<Caller | undefined> {
  const { host, localToken, isAuthOff, cookie } = options;
  const token = bearerToken(c);
  if (token !== undefined) {
    if (isSame(token, localToken)) return localCaller(userOf(c));
    return await findApiToken(await host.store(), token, Date.now(), purpose);
  }
  if (isAuthOff) return ANYONE;
  const session = cookie.read(c);
  return session === undefined
    ? undefined
    : await findSession(await host.store(), session, Date.now(), purpose);
}

/** Lets nobody through whom we do not know. Wrong tokens are noted, and too many from one address are not looked at. */
export function requireCaller(
  options: IdentifyOptions,
  audit: Auditor,
): MiddlewareHandler<ServerEnvironment> {
  const limiter = new AttemptLimiter();
  return async (c, next) => {
    const caller = await identify(c, options);
    if (caller) {
      c.set('caller', caller);
      return await next();
    }
    if (bearerToken(c) !== undefined) {
      const wait = limiter.take(options.addressOf(c));
      if (wait > 0) return refuseForNow(c, wait);
      await audit(c, {
        actor: NOBODY,
        action: `${c.req.method} ${c.req.path}`.slice(0, 200),
        target: '',
        outcome: 'denied',
        reason: 'tokenUnknown',
      });
    }
    return refuse(c, 401, 'unauthenticated', 'Sign in, or send an API token that is valid.');
  };
}

export const NOBODY = { by: 'nobody', userId: null, name: 'nobody' } as const;

export function refuseForNow(c: Context, seconds: number): Response {
  c.header('retry-after', String(seconds));
  return refuse(c, 429, 'tooManyAttempts', `Too many attempts. Try again in ${seconds} s.`);
}

function bearerToken(c: Context): string | undefined {
  const header = c.req.header('authorization');
  return header === undefined ? undefined : (/^Bearer +(\S+)$/i.exec(header)?.[1] ?? '');
}

/** Who has the project's folder may say who they are: there is nothing that they could not do as anybody. */
function userOf(c: Context): string {
  const name = c.req.header('millrace-user');
  try {
    return name === undefined ? LOCAL_CALLER.name : decodeURIComponent(name).slice(0, MAX_NAME);
  } catch {
    return LOCAL_CALLER.name;
  }
}

function isSame(left: string, right: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
