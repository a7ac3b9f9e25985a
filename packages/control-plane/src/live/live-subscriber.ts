import type { LiveEvent } from './live-event.ts';

/** A reader that is slower than this many events is told to read everything anew. */
const MAX_WAITING = 5_000;

/** The events that wait for one reader. */
export class LiveSubscriber {
  readonly #signal: AbortSignal;
  #waiting: LiveEvent[] = [];
  #wake: () => void = () => undefined;
  #hasEnded = false;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  put(events: readonly LiveEvent[]): void {
    if (events.length === 0) return;
    const last = events[events.length - 1];
    if (this.#waiting.length + events.length > MAX_WAITING && last !== undefined)
      this.#waiting = [{ kind: 'reset', id: last.id }];
    else this.#waiting.push(...events);
    this.#wake();
  }

  end(): void {
    this.#hasEnded = true;
    this.#wake();
  }

  /** Ends with the signal, or with `end`. */
  async *events(): AsyncGenerator<LiveEvent, void, undefined> {
    const onAbort = (): void => this.end();
    this.#signal.addEventListener('abort', onAbort, { once: true });
    try {
      if (this.#signal.aborted) return;
      while (!this.#hasEnded) {
        const events = this.#waiting;
        this.#waiting = [];
        if (events.length > 0) yield* events;
        else await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      this.#signal.removeEventListener('abort', onAbort);
    }
  }
}
