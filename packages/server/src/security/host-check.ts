import type { MiddlewareHandler } from 'hono';

import { refuse } from '../operations/refuse.ts';

/** Names of this machine for itself; a page of another site cannot have one of these in its address. */
const LOOPBACK = /^(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(?::\d{1,5})?$/;

/**
 * Refuses requests that were sent to a name which is not ours: a page on a hostile domain that resolves to this
 * machine (DNS rebinding) has its own name in the header `Host`.
 */
export function checkHost(publicHost: string | undefined): MiddlewareHandler {
  return async (c, next) => {
    const host = c.req.header('host') ?? '';
    const isOurs = host === publicHost || LOOPBACK.test(host);
    if (!isOurs)
      return refuse(
        c,
        403,
        'hostUnknown',
        'This server does not answer to that name. Give it its public address: millrace serve --url https://…',
      );
    return await next();
  };
}

/** Whether an address to listen at can be reached from this machine only. */
export function isLoopback(address: string): boolean {
  return address === 'localhost' || address === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(address);
}
