import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';

const LIFE_SECONDS = 30 * 86_400;

/**
 * The session's token in the browser: out of reach of scripts, and sent by our own pages only. Behind TLS its name has
 * the prefix that binds it to this host; on plain loopback it carries the port, because cookies do not tell ports apart.
 */
export interface SessionCookie {
  read(c: Context): string | undefined;
  write(c: Context, token: string): void;
  clear(c: Context): void;
}

export function sessionCookie(isSecure: boolean, port: number): SessionCookie {
  const name = isSecure ? '__Host-millrace' : `millrace-${port}`;
  const attributes = { path: '/', httpOnly: true, sameSite: 'Strict', secure: isSecure } as const;
  return {
    read: (c) => getCookie(c, name),
    write: (c, token) => setCookie(c, name, token, { ...attributes, maxAge: LIFE_SECONDS }),
    clear: (c) => void deleteCookie(c, name, attributes),
  };
}
