import { useEffect, useRef, useSyncExternalStore } from 'react';

import type { LiveNews } from './live-event.ts';

export type LiveState = 'connecting' | 'live' | 'reconnecting';

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 10_000;

let source: EventSource | undefined;
let state: LiveState = 'connecting';
let failures = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<(event: LiveNews) => void>();
const stateListeners = new Set<() => void>();

/**
 * Opens the one line on which the server tells what changes, and keeps it open. After a break the browser comes back behind
 * the last event it saw, but what happened while no server ran was told to nobody: each break ends with a `reset`.
 */
export function startLive(): () => void {
  open(false);
  return () => {
    clearTimeout(timer);
    source?.close();
    source = undefined;
  };
}

function open(isAgain: boolean): void {
  let isBroken = isAgain;
  const opened = new EventSource('/api/live');
  source = opened;
  opened.addEventListener('open', () => {
    failures = 0;
    enter('live');
    if (isBroken) tell({ kind: 'reset' });
    isBroken = false;
  });
  opened.addEventListener('message', (message: MessageEvent<string>) => {
    tell(JSON.parse(message.data) as LiveNews);
  });
  opened.addEventListener('error', () => {
    isBroken = true;
    enter('reconnecting');
    if (opened.readyState !== EventSource.CLOSED || source !== opened) return;
    opened.close();
    timer = setTimeout(() => open(true), Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures));
    failures += 1;
  });
}

function tell(event: LiveNews): void {
  for (const listener of listeners) listener(event);
}

function enter(next: LiveState): void {
  if (state === next) return;
  state = next;
  for (const listener of stateListeners) listener();
}

/** Whether what is shown follows the server now. */
export function useLiveState(): LiveState {
  return useSyncExternalStore(
    (onChange) => {
      stateListeners.add(onChange);
      return () => stateListeners.delete(onChange);
    },
    () => state,
  );
}

/** Hears every live event until the returned function is called. */
export function listenLive(listener: (event: LiveNews) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Hears every live event while the component stands; for logs and progress, which no query holds. */
export function useLive(listener: (event: LiveNews) => void): void {
  const latest = useRef(listener);
  latest.current = listener;
  useEffect(() => listenLive((event) => latest.current(event)), []);
}
