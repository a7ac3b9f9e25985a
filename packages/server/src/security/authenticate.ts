import { createHash, timingSafeEqual } from 'node:crypto';

import { LOCAL_CALLER } from '@millrace/control-plane';
import type { Caller } from '@millrace/control-plane';
import type { MiddlewareHandler } from 'hono';

import { refuse } from '../operations/refuse.ts';
import type { ServerEnvironment } from '../server-environment.ts';

export interface AuthenticateOptions {
  /** Of `.millrace/server.json`: whoever can read it has the project's folder. */
  readonly localToken: string;
  /** Nobody signs in, and everybody may everything. */
  readonly isAuthOff: boolean;
}

const ANYONE: Caller = { by: 'anyone', userId: null, name: 'anyone', role: 'owner' };

/** Finds out who calls, or answers 401. */
export function authenticate(options: AuthenticateOptions): MiddlewareHandler<ServerEnvironment> {
  return async (c, next) => {
    const token = bearerToken(c.req.header('authorization'));
    const caller = token === undefined ? undefined : callerOf(token, options);
    if (caller) c.set('caller', caller);
    else if (token === undefined && options.isAuthOff) c.set('caller', ANYONE);
    else return refuse(c, 401, 'unauthenticated', 'Sign in first.');
    return await next();
  };
}

function callerOf(token: string, { localToken }: AuthenticateOptions): Caller | undefined {
  return isSame(token, localToken) ? LOCAL_CALLER : undefined;
}

function bearerToken(header: string | undefined): string | undefined {
  return header === undefined ? undefined : (/^Bearer +(\S+)$/i.exec(header)?.[1] ?? '');
}

function isSame(left: string, right: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
