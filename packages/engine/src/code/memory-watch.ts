import type { Isolate } from 'isolated-vm';

const WATCH_MS = 20;
/** Of the process beside the isolate: batches on their way, and what V8 has not given back yet. */
const HOST_BYTES = 128 * 2 ** 20;
/** Of the limit: an isolate above it that ran out of time has spent the time collecting garbage. */
const CROWDED_SHARE = 0.8;

/**
 * Looks after an isolate's memory while it works. isolated-vm disposes of one that reaches its limit, but a loop that V8 has
 * optimised runs on and allocates on (measured: 1 GB in 6 s past a limit of 64 MB), and one builtin can allocate
 * gigabytes before the limit is looked at. `onExceeded` must end the process.
 */
export class MemoryWatch {
  readonly #isolate: Isolate;
  readonly #limitBytes: number;
  readonly #onExceeded: () => void;
  readonly #mostBytes: number;

  constructor(isolate: Isolate, limitBytes: number, onExceeded: () => void) {
    this.#isolate = isolate;
    this.#limitBytes = limitBytes;
    this.#onExceeded = onExceeded;
    this.#mostBytes = process.memoryUsage.rss() + limitBytes * 1.5 + HOST_BYTES;
  }

  async during<T>(work: Promise<T>): Promise<T> {
    const clock = setInterval(() => {
      if (this.#isolate.isDisposed || process.memoryUsage.rss() > this.#mostBytes) this.#onExceeded();
    }, WATCH_MS);
    try {
      return await work;
    } finally {
      clearInterval(clock);
    }
  }

  /** Whether the isolate is all but full. */
  async isCrowded(): Promise<boolean> {
    if (this.#isolate.isDisposed) return true;
    const { used_heap_size: heap, externally_allocated_size: external } =
      await this.#isolate.getHeapStatistics();
    return heap + external > this.#limitBytes * CROWDED_SHARE;
  }
}
