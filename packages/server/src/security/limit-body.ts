import type { MiddlewareHandler } from 'hono';

import { refuse } from '../operations/refuse.ts';

/**
 * Refuses bodies that say they are larger, and those that do not say how large they are; Node holds them to what they
 * say. (Hono's own limit reads every body as a stream, which costs more than all that most operations do.)
 */
export function limitBody(maxBytes: number): MiddlewareHandler {
  return async (c, next) => {
    const length = c.req.header('content-length');
    if (length === undefined)
      return refuse(
        c,
        411,
        'bodyLengthMissing',
        'Send the header content-length, and the body in one piece.',
      );
    if (!(Number(length) <= maxBytes))
      return refuse(c, 413, 'bodyTooLarge', `The request is larger than ${maxBytes} bytes.`);
    return await next();
  };
}
