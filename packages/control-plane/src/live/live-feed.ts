import type { Store } from '../store/open-store.ts';
import type { LiveEvent, LiveFact } from './live-event.ts';

/** What happens in a project, in order, to any number of listeners: in this process and in every other that has its store. */
export interface LiveFeed {
  /** Tells what happened; events of runs are told by being written to the store. */
  publish(fact: Exclude<LiveFact, { kind: 'runEvent' }>): void;
  /**
   * Every event after the one with the id `after`, then those that come, until the signal fires. Without an id: those that
   * come. What cannot be told one by one is told by one `reset`.
   */
  subscribe(after: string | undefined, signal: AbortSignal): AsyncIterable<LiveEvent>;
}

/** The feed of a store that is opened by whoever needs it first. */
export function createLiveFeed(store: () => Promise<Store>): LiveFeed {
  let told: Promise<unknown> = Promise.resolve();
  return {
    publish(fact) {
      // A look is worth no failure: who missed it sees the same at the next one.
      told = told.then(async () => (await store()).live.tell(fact)).catch(() => undefined);
    },
    async *subscribe(after, signal) {
      const { live } = await store();
      yield* live.subscribe(after, signal);
    },
  };
}
