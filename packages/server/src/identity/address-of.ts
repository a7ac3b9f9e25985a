import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';

/** Of the other end of the connection; headers that claim another are anybody's to write. */
export function addressOf(c: Context): string {
  return (getConnInfo(c).remote.address ?? 'unknown').replace(/^::ffff:/, '');
}
