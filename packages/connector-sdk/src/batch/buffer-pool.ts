/** Bytes a pool keeps; a batch of a wide table is about 10 MB, and a part that is being written about 100 MB. */
const MAX_KEPT_BYTES = 256 * 1024 * 1024;
/** Smaller buffers cost less to allocate than to keep. */
const MIN_BYTES = 64 * 1024;

/**
 * Buffers of batches that were consumed, for the next ones: a fresh buffer costs a page fault per 4 KiB and a collection
 * later, together a fifth of the time of a load. One pool per thread. What it gives may hold old bytes.
 */
class BufferPool {
  readonly #free = new Map<number, ArrayBuffer[]>();
  #keptBytes = 0;

  take(byteLength: number): ArrayBuffer {
    const known = this.#free.get(byteLength)?.pop();
    if (known === undefined) return new ArrayBuffer(byteLength);
    this.#keptBytes -= byteLength;
    return known;
  }

  give(buffer: ArrayBuffer): void {
    const { byteLength } = buffer;
    if (byteLength < MIN_BYTES || this.#keptBytes + byteLength > MAX_KEPT_BYTES) return;
    const known = this.#free.get(byteLength);
    if (known === undefined) this.#free.set(byteLength, [buffer]);
    else known.push(buffer);
    this.#keptBytes += byteLength;
  }
}

/** The pool of this thread. Only the thread that builds batches gives buffers back to it. */
export const buffers = new BufferPool();
