import type { LiveFeed } from '@millrace/control-plane';
import type { Context, Hono } from 'hono';
import { streamSSE } from 'hono/streaming';

import { refuse } from '../operations/refuse.ts';
import type { ServerEnvironment } from '../server-environment.ts';

const HEARTBEAT_MS = 15_000;
/** How long a browser waits before it comes back. */
const RETRY_MS = 1_000;
/** A line outlives no session, role or token by more than this. */
const RECHECK_MS = 800;

export interface LiveRouteOptions {
  readonly live: LiveFeed;
  /** Whether the request's caller may see runs now; asked again and again while the line is open. */
  readonly mayLook: (c: Context<ServerEnvironment>) => Promise<boolean>;
  readonly stopping: AbortSignal;
}

/** `GET /api/live`: everything that changes, as server-sent events; `Last-Event-ID` resumes behind that event. */
export function addLiveRoute(
  app: Hono<ServerEnvironment>,
  { live, mayLook, stopping }: LiveRouteOptions,
): void {
  app.get('/api/live', async (c) => {
    if (!(await mayLook(c))) return refuse(c, 403, 'forbidden', 'Your role may not see runs.');
    const after = c.req.header('last-event-id');
    return streamSSE(c, async (stream) => {
      const closed = new AbortController();
      stream.onAbort(() => closed.abort());
      const signal = AbortSignal.any([closed.signal, c.req.raw.signal, stopping]);
      const heartbeat = setInterval(() => void stream.write(': \n\n').catch(() => undefined), HEARTBEAT_MS);
      const recheck = setInterval(() => {
        mayLook(c).then(
          (may) => void (may || closed.abort()),
          () => closed.abort(),
        );
      }, RECHECK_MS);
      try {
        await stream.write(`retry: ${RETRY_MS}\n\n`);
        for await (const event of live.subscribe(after, signal))
          await stream.writeSSE({ id: event.id, data: JSON.stringify(event) });
      } finally {
        clearInterval(heartbeat);
        clearInterval(recheck);
      }
    });
  });
}
