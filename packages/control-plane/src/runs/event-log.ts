import type { RunEvent } from '@millrace/engine';

import type { Store } from '../store/open-store.ts';
import { appendEvents } from './run-store.ts';

/** A commit is an fsync; a thousand tables would pay three thousand. Events wait this long for company. */
const GATHER_MS = 100;

/**
 * Writes a run's events in order, gathered into few transactions. Progress is told and not kept:
 * `taskStaged` and `taskPublished` carry the final figures. Profiles are kept with the history of their tables.
 */
export class EventLog implements AsyncDisposable {
  readonly #store: Store;
  #waiting: RunEvent[] = [];
  #timer: NodeJS.Timeout | undefined;
  #written: Promise<void> = Promise.resolve();

  constructor(store: Store) {
    this.#store = store;
  }

  append(event: RunEvent): void {
    if (event.type === 'taskProgress') this.#store.live.pass(event);
    if (event.type === 'taskProgress' || event.type === 'tableProfiled') return;
    this.#waiting.push(event);
    this.#timer ??= setTimeout(() => this.#write(), GATHER_MS);
  }

  /** Resolves when everything appended so far is durable; rejects with the store's error when something is not. */
  async flush(): Promise<void> {
    this.#write();
    await this.#written;
  }

  /**
   * What is not written yet, once everything before it is: from now on it is the caller's, to be written together with
   * what follows from it.
   */
  async take(): Promise<readonly RunEvent[]> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const events = this.#waiting;
    this.#waiting = [];
    await this.#written;
    return events;
  }

  #write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const events = this.#waiting;
    if (events.length === 0) return;
    this.#waiting = [];
    this.#written = this.#written.then(() => appendEvents(this.#store, events));
    this.#written.catch(() => undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.flush();
  }
}
