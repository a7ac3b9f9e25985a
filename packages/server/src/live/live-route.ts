import type { LiveFeed } from '@millrace/control-plane';
import type { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';

import type { ServerEnvironment } from '../server-environment.ts';

const HEARTBEAT_MS = 15_000;
/** How long a browser waits before it comes back. */
const RETRY_MS = 1_000;

/** `GET /api/live`: everything that changes, as server-sent events; `Last-Event-ID` resumes behind that event. */
export function addLiveRoute(app: Hono<ServerEnvironment>, live: LiveFeed, stopping: AbortSignal): void {
  app.get('/api/live', (c) => {
    const after = c.req.header('last-event-id');
    return streamSSE(c, async (stream) => {
      const closed = new AbortController();
      stream.onAbort(() => closed.abort());
      const signal = AbortSignal.any([closed.signal, c.req.raw.signal, stopping]);
      const heartbeat = setInterval(() => void stream.write(': \n\n').catch(() => undefined), HEARTBEAT_MS);
      try {
        await stream.write(`retry: ${RETRY_MS}\n\n`);
        for await (const event of live.subscribe(after, signal))
          await stream.writeSSE({ id: event.id, data: JSON.stringify(event) });
      } finally {
        clearInterval(heartbeat);
      }
    });
  });
}
