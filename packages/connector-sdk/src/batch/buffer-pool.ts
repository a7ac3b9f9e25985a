import type { BatchBuffer } from './batch.ts';

/** Bytes a pool lends or keeps. A batch is 5 to 10 MB; the parts in memory are two, of 128 MB at most. */
const MAX_BYTES = 320 * 1024 * 1024;
/** Smaller buffers cost less to allocate than to keep. */
const MIN_BYTES = 64 * 1024;

/**
 * Buffers of batches that were consumed, for the next ones: a fresh buffer costs a page fault per 4 KiB. One pool per
 * thread. What it gives may hold old bytes.
 *
 * The memory is shared, not transferred. V8 counts an ArrayBuffer to the heap of the thread that has it, and a heap of 15 MB
 * that gains 64 MB is collected: 70 times in 1.2 GB of text, a quarter of the CPU time of a load. Shared memory is not
 * counted, so a pool makes no more of it than it may keep, and what is never given back costs no more than that; beyond, it
 * gives plain buffers.
 */
class BufferPool {
  readonly #free = new Map<number, BatchBuffer[]>();
  #sharedBytes = 0;

  take(byteLength: number): BatchBuffer {
    const known = this.#free.get(byteLength)?.pop();
    if (known !== undefined) return known;
    if (byteLength < MIN_BYTES || this.#sharedBytes + byteLength > MAX_BYTES)
      return new ArrayBuffer(byteLength);
    this.#sharedBytes += byteLength;
    return new SharedArrayBuffer(byteLength);
  }

  give(buffer: BatchBuffer): void {
    if (!(buffer instanceof SharedArrayBuffer)) return;
    const { byteLength } = buffer;
    const known = this.#free.get(byteLength);
    if (known === undefined) this.#free.set(byteLength, [buffer]);
    else known.push(buffer);
  }
}

/** The pool of this thread. Only the thread that builds batches gives buffers back to it. */
export const buffers = new BufferPool();
