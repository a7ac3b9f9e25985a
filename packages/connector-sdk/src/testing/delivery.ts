import type { Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';

/** How fast bytes are delivered; changes take effect for the bytes that arrive from then on. */
export interface DeliveryPace {
  readonly latencyMs: number;
  readonly bytesPerSecond: number;
}

const maximumQueuedBytes = 1 << 20;

/** Writes chunks to a socket in order, late and slowly when asked, and holds their source back when too many wait. */
export class Delivery {
  readonly #source: Socket;
  readonly #target: Socket;
  readonly #pace: () => DeliveryPace;
  readonly #queue: { readonly chunk: Buffer; readonly dueMs: number }[] = [];
  #queuedBytes = 0;
  #isDelivering = false;
  #onIdle: (() => void)[] = [];
  isStopped = false;

  constructor(source: Socket, target: Socket, pace: () => DeliveryPace) {
    this.#source = source;
    this.#target = target;
    this.#pace = pace;
  }

  push(chunk: Buffer): void {
    if (chunk.length === 0 || this.isStopped) return;
    this.#queue.push({ chunk, dueMs: performance.now() + this.#pace().latencyMs });
    this.#queuedBytes += chunk.length;
    if (this.#queuedBytes > maximumQueuedBytes) this.#source.pause();
    if (!this.#isDelivering) void this.#deliver();
  }

  /** Resolves when everything pushed so far has been handed to the kernel. */
  async idle(): Promise<void> {
    if (this.#isDelivering) await new Promise<void>((resolve) => this.#onIdle.push(resolve));
  }

  async #deliver(): Promise<void> {
    this.#isDelivering = true;
    for (let next = this.#queue.shift(); next !== undefined && !this.isStopped; next = this.#queue.shift()) {
      const waitMs = next.dueMs - performance.now();
      if (waitMs > 0) await setTimeout(waitMs);
      await this.#write(next.chunk);
      this.#queuedBytes -= next.chunk.length;
      if (this.#queuedBytes <= maximumQueuedBytes) this.#source.resume();
    }
    this.#isDelivering = false;
    for (const resolve of this.#onIdle.splice(0)) resolve();
  }

  async #write(chunk: Buffer): Promise<void> {
    const { bytesPerSecond } = this.#pace();
    if (!Number.isFinite(bytesPerSecond)) return this.#writeAll(chunk);
    // Ten pieces per second at most, one byte at least.
    const pieceLength = Math.max(1, Math.ceil(bytesPerSecond / 10));
    for (let offset = 0; offset < chunk.length && !this.isStopped; offset += pieceLength) {
      const piece = chunk.subarray(offset, offset + pieceLength);
      await setTimeout((piece.length / bytesPerSecond) * 1000);
      await this.#writeAll(piece);
    }
  }

  #writeAll(chunk: Buffer): Promise<void> {
    if (this.isStopped || this.#target.destroyed || this.#target.writableEnded) return Promise.resolve();
    // The callback also comes with an error when the target is gone; there is nothing left to do then.
    return new Promise((resolve) => this.#target.write(chunk, () => resolve()));
  }
}
