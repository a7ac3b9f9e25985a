import type { MiddlewareHandler } from 'hono';

import { refuse } from '../operations/refuse.ts';

/**
 * Refuses what a page of another site could send in the name of a person who is signed in. Such a page cannot set this
 * content type without asking first, and a browser tells where a request comes from.
 */
export const requireSameOrigin: MiddlewareHandler = async (c, next) => {
  const site = c.req.header('sec-fetch-site');
  if (site !== undefined && site !== 'same-origin' && site !== 'none')
    return refuse(c, 403, 'originUnknown', 'Requests of other sites are not answered.');
  const origin = c.req.header('origin');
  if (origin !== undefined && hostOf(origin) !== c.req.header('host'))
    return refuse(c, 403, 'originUnknown', 'Requests of other sites are not answered.');
  const isReading = c.req.method === 'GET' || c.req.method === 'HEAD';
  if (!isReading && mediaType(c.req.header('content-type')) !== 'application/json')
    return refuse(c, 415, 'contentTypeWrong', 'Send JSON, with the header content-type: application/json.');
  return await next();
};

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}

function mediaType(header: string | undefined): string | undefined {
  return header?.split(';')[0]?.trim().toLowerCase();
}
