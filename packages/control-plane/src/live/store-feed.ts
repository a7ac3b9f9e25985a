import type { RunEvent } from '@millrace/engine';
import type { Kysely } from 'kysely';

import type { StoreSchema } from '../store/store-schema.ts';
import type { LiveFact, LiveEvent } from './live-event.ts';
import { formatPosition, parsePosition, type LivePosition } from './live-position.ts';
import { insertNotices, readBetween, readPosition } from './live-store.ts';
import { LiveSubscriber } from './live-subscriber.ts';

/** How late what another process wrote is told; the question takes microseconds. */
const POLL_MS = 200;
/** More than this behind, and reading everything anew is less. */
const MAX_BEHIND = 5_000;

/**
 * Tells what happens in the store, in the order in which it was written, to any number of subscribers; whichever process
 * wrote it. Progress of runs is told too, while it lasts: it is not kept, so a subscriber that was away misses it.
 * The store is asked only while somebody listens.
 */
export class StoreFeed implements AsyncDisposable {
  readonly #db: Kysely<StoreSchema>;
  readonly #subscribers = new Set<LiveSubscriber>();
  #position: LivePosition | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Reads one after the other, so that nothing is told twice or out of order. */
  #work: Promise<void> = Promise.resolve();
  #isNudged = false;

  constructor(db: Kysely<StoreSchema>) {
    this.#db = db;
  }

  /** Writes down and tells that something happened which is no event of a run. */
  async tell(change: Exclude<LiveFact, { kind: 'runEvent' }>): Promise<void> {
    await this.#db.transaction().execute(async (db) => insertNotices(db, [change]));
    this.nudge();
  }

  /** Something was written to the store by this process: it is told at once instead of at the next look. */
  nudge(): void {
    if (this.#isNudged || this.#subscribers.size === 0) return;
    this.#isNudged = true;
    setImmediate(() => {
      this.#isNudged = false;
      this.#look();
    });
  }

  /** Tells an event that is not kept. */
  pass(event: RunEvent): void {
    if (this.#position === undefined) return;
    const id = formatPosition(this.#position);
    for (const subscriber of this.#subscribers) subscriber.put([{ kind: 'runEvent', event, id }]);
  }

  /**
   * What happens from now on, or after the event with the id `after`, until the signal fires. Who cannot be told all that
   * happened since gets a `reset` first; so does, later, who reads too slowly.
   */
  async *subscribe(
    after: string | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<LiveEvent, void, undefined> {
    const subscriber = new LiveSubscriber(signal);
    try {
      await this.#enqueue(() => this.#join(subscriber, after));
      yield* subscriber.events();
    } finally {
      this.#subscribers.delete(subscriber);
      if (this.#subscribers.size === 0) {
        clearInterval(this.#timer);
        this.#timer = undefined;
      }
    }
  }

  async #join(subscriber: LiveSubscriber, after: string | undefined): Promise<void> {
    if (this.#subscribers.size === 0) this.#position = await readPosition(this.#db);
    else await this.#poll();
    const now = this.#position ?? (await readPosition(this.#db));
    if (after !== undefined) subscriber.put(await this.#since(after, now));
    this.#subscribers.add(subscriber);
    this.#timer ??= setInterval(() => this.#look(), POLL_MS);
  }

  async #since(after: string, now: LivePosition): Promise<readonly LiveEvent[]> {
    const from = parsePosition(after);
    const reset: LiveEvent = { kind: 'reset', id: formatPosition(now) };
    if (from === undefined || from.events > now.events || from.notices > now.notices) return [reset];
    if (now.events - from.events + now.notices - from.notices > MAX_BEHIND) return [reset];
    return (await readBetween(this.#db, from, now, MAX_BEHIND)).told;
  }

  /** A store that is busy for a moment is asked again at the next look. */
  #look(): void {
    this.#enqueue(() => this.#poll()).catch(() => undefined);
  }

  async #poll(): Promise<void> {
    if (this.#position === undefined || this.#subscribers.size === 0) return;
    const upTo = await readPosition(this.#db);
    while (upTo.events > this.#position.events || upTo.notices > this.#position.notices) {
      const { told, position } = await readBetween(this.#db, this.#position, upTo, MAX_BEHIND);
      // Numbers that were given back by a transaction that failed are in no row.
      this.#position = told.length === 0 ? upTo : position;
      for (const subscriber of this.#subscribers) subscriber.put(told);
    }
  }

  #enqueue(work: () => Promise<void>): Promise<void> {
    const done = this.#work.then(work);
    this.#work = done.catch(() => undefined);
    return done;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    for (const subscriber of this.#subscribers) subscriber.end();
    this.#subscribers.clear();
    await this.#work;
  }
}
