import type { OperationOutput } from '@millrace/control-plane';
import { useEffect, useState } from 'react';

import { call } from '../../api/call.ts';
import { listenLive } from '../../api/live.ts';

export type StoredEvent = OperationOutput<'runs/list-run-events'>['events'][number];
export type RunEvent = StoredEvent['event'];

const PAGE = 2_000;
/** Events come in bursts; the server is asked once for each. */
const GATHER_MS = 150;

export interface RunEvents {
  readonly events: readonly StoredEvent[];
  /** The first reading has come to the end of what there is. */
  readonly isRead: boolean;
  readonly error: unknown;
}

/** All events of a run, and those that come while it is looked at. */
export function useRunEvents(runId: string): RunEvents {
  const [found, setFound] = useState<RunEvents>({ events: [], isRead: false, error: undefined });
  useEffect(() => {
    const ended = new AbortController();
    let after = 0;
    let isReading = false;
    let isAsked = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const read = async (): Promise<void> => {
      if (isReading) {
        isAsked = true;
        return;
      }
      isReading = true;
      try {
        do {
          isAsked = false;
          const page = await call('runs/list-run-events', { run: runId, after, limit: PAGE }, ended.signal);
          after = page.events.at(-1)?.sequence ?? after;
          const isLast = page.next === null;
          if (!isLast) isAsked = true;
          setFound(({ events, isRead }) => ({
            events: page.events.length === 0 ? events : [...events, ...page.events],
            isRead: isRead || isLast,
            error: undefined,
          }));
        } while (isAsked);
      } catch (error) {
        if (!ended.signal.aborted) setFound((before) => ({ ...before, error }));
      } finally {
        isReading = false;
      }
    };
    setFound({ events: [], isRead: false, error: undefined });
    void read();
    const stop = listenLive((news) => {
      const isOurs =
        news.kind === 'reset' ||
        (news.kind === 'runEvent' && news.event.runId === runId && news.event.type !== 'taskProgress');
      if (!isOurs) return;
      timer ??= setTimeout(() => {
        timer = undefined;
        void read();
      }, GATHER_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
      ended.abort();
    };
  }, [runId]);
  return found;
}
