interface Bucket {
  tries: number;
  readonly refilledAt: number;
}

const TRIES = 10;
const REFILL_MS = 30_000;
const MAX_BUCKETS = 10_000;

/**
 * Ten tries at once, then one every thirty seconds, for each name. A try counts before its outcome is known, so that a
 * thousand at the same moment are ten; what succeeds gives it back.
 */
export class AttemptLimiter {
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** 0 when the try is taken, else the seconds to wait for the next. */
  take(name: string): number {
    const now = this.#now();
    const bucket = this.#refilled(name, now);
    if (bucket.tries < 1) return Math.ceil((bucket.refilledAt + REFILL_MS - now) / 1000);
    this.#put(name, { tries: bucket.tries - 1, refilledAt: bucket.refilledAt });
    return 0;
  }

  giveBack(name: string): void {
    const bucket = this.#refilled(name, this.#now());
    this.#put(name, { tries: Math.min(TRIES, bucket.tries + 1), refilledAt: bucket.refilledAt });
  }

  #refilled(name: string, now: number): Bucket {
    const bucket = this.#buckets.get(name);
    if (!bucket) return { tries: TRIES, refilledAt: now };
    const gained = Math.floor((now - bucket.refilledAt) / REFILL_MS);
    if (bucket.tries + gained >= TRIES) return { tries: TRIES, refilledAt: now };
    return { tries: bucket.tries + gained, refilledAt: bucket.refilledAt + gained * REFILL_MS };
  }

  /** The ones that were not used for longest go first. */
  #put(name: string, bucket: Bucket): void {
    this.#buckets.delete(name);
    this.#buckets.set(name, bucket);
    if (this.#buckets.size <= MAX_BUCKETS) return;
    const [oldest] = this.#buckets.keys();
    if (oldest !== undefined) this.#buckets.delete(oldest);
  }
}
