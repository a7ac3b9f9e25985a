import type { MiddlewareHandler } from 'hono';

import type { ServerEnvironment } from '../server-environment.ts';

/** Scripts come from this server's files only. Styles may be inline: editors and charts set them so. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  // Answers hold what a person may see; no cache may keep them for another. Files of the portal say otherwise.
  'cache-control': 'no-store',
};

/** Of every answer, whatever makes it. Set on Node's response: to change Hono's makes a slow one of it. */
export const setSecurityHeaders: MiddlewareHandler<ServerEnvironment> = async (c, next) => {
  for (const [name, value] of Object.entries(HEADERS)) c.env.outgoing.setHeader(name, value);
  return await next();
};
