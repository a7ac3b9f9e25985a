import type { LiveEvent, LiveFact } from './live-event.ts';

/** Kept for those who come back after a break in the line: minutes of a busy server. */
const KEPT_EVENTS = 20_000;
/** Room for so many events in a millisecond before the numbers of two servers could meet. */
const IDS_PER_MS = 1000;

/** Facts of one server, in order, to any number of listeners. A slow listener costs no memory: each reads from the kept ones. */
export interface LiveFeed {
  publish(fact: LiveFact): void;
  /**
   * Every event after `afterId`, then those that come, until the signal fires. Without an id: those that come. What is
   * not kept any more is told by one `reset`.
   */
  subscribe(afterId: number | undefined, signal: AbortSignal): AsyncIterable<LiveEvent>;
}

export function createLiveFeed(now: () => number = Date.now): LiveFeed {
  let events: LiveEvent[] = [];
  const startId = now() * IDS_PER_MS;
  let lastId = startId;
  const waiting = new Set<() => void>();
  return {
    publish(fact) {
      events.push({ ...fact, id: ++lastId });
      // Cut rarely, so that an event costs no copy of all.
      if (events.length > 2 * KEPT_EVENTS) events = events.slice(-KEPT_EVENTS);
      for (const wake of waiting) wake();
    },
    async *subscribe(afterId, signal) {
      let seen = afterId ?? lastId;
      while (!signal.aborted) {
        const first = events[0]?.id ?? lastId + 1;
        if (seen > lastId || (seen < first - 1 && seen < lastId)) {
          seen = lastId;
          yield { kind: 'reset', id: lastId };
          continue;
        }
        const event = events[seen + 1 - first];
        if (event === undefined) {
          await nextWake(waiting, signal);
          continue;
        }
        seen = event.id;
        yield event;
      }
    },
  };
}

function nextWake(waiting: Set<() => void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      waiting.delete(wake);
      signal.removeEventListener('abort', wake);
      resolve();
    };
    waiting.add(wake);
    signal.addEventListener('abort', wake, { once: true });
  });
}
