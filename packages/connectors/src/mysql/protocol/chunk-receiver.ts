import type { Socket } from 'node:net';

import { connectionLost, connectionTimeout, type Role } from '../errors.ts';

/** One read of the kernel's receive buffer; larger reads mean fewer rows that cross two chunks. */
export const RECEIVE_BYTES = 256 * 1024;

interface Waiter {
  readonly resolve: (chunk: Uint8Array) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Pull access to a socket's bytes. The socket is paused whenever nobody waits for a chunk, so a slow consumer slows the
 * server instead of filling memory. A chunk is valid until the next call of `receive`.
 */
export class ChunkReceiver {
  readonly #role: Role;
  readonly #timeoutMs: number;
  /** Asked after a silence: true when the server still works on the statement. */
  #isStillWorking: (() => Promise<boolean>) | undefined;
  #socket: Socket | undefined;
  #waiter: Waiter | undefined;
  readonly #waiting: Uint8Array[] = [];
  #failure: unknown;
  #timer: NodeJS.Timeout | undefined;
  bytesReceived = 0;

  constructor(role: Role, timeoutMs: number) {
    this.#role = role;
    this.#timeoutMs = timeoutMs;
  }

  get hasFailed(): boolean {
    return this.#failure !== undefined;
  }

  probeSilence(isStillWorking: () => Promise<boolean>): void {
    this.#isStillWorking = isStillWorking;
  }

  /** Takes over a socket's events. With `onread` the socket's owner calls `push` itself. */
  attach(socket: Socket, hasOwnBuffer: boolean): void {
    this.#socket = socket;
    if (!hasOwnBuffer) {
      socket.on('data', (chunk: Uint8Array) => {
        if (!this.push(chunk)) socket.pause();
      });
    }
    socket.on('error', (error) => this.fail(connectionLost(this.#role, error)));
    socket.on('end', () => this.fail(connectionLost(this.#role)));
    socket.on('close', () => this.fail(connectionLost(this.#role)));
  }

  /** Stops listening, so that the socket can be wrapped in TLS. */
  detach(): void {
    for (const event of ['data', 'error', 'end', 'close']) this.#socket?.removeAllListeners(event);
    this.#socket = undefined;
  }

  /** Returns false: the socket must pause until the next `receive`. */
  push(chunk: Uint8Array): boolean {
    this.bytesReceived += chunk.length;
    const waiter = this.#waiter;
    if (waiter === undefined) {
      // Bytes that were under way when the socket was paused; the buffer may be reused, so they are copied.
      this.#waiting.push(Uint8Array.from(chunk));
      return false;
    }
    this.#waiter = undefined;
    clearTimeout(this.#timer);
    waiter.resolve(chunk);
    return false;
  }

  receive(): Promise<Uint8Array> {
    const chunk = this.#waiting.shift();
    if (chunk !== undefined) return Promise.resolve(chunk);
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#waiter = { resolve, reject };
      this.#timer = setTimeout(() => void this.#onSilence(), this.#timeoutMs);
      this.#socket?.resume();
    });
  }

  /** Ends everything that waits now or later with `error`; the first failure stands. */
  fail(error: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    clearTimeout(this.#timer);
    this.#waiter?.reject(error);
    this.#waiter = undefined;
    this.#socket?.destroy();
  }

  async #onSilence(): Promise<void> {
    const waiter = this.#waiter;
    const received = this.bytesReceived;
    const works = (await this.#isStillWorking?.().catch(() => false)) ?? false;
    if (this.#waiter !== waiter || this.bytesReceived !== received) return;
    if (works) {
      this.#timer = setTimeout(() => void this.#onSilence(), this.#timeoutMs);
      return;
    }
    const seconds = this.#timeoutMs / 1000;
    this.fail(
      connectionTimeout(
        this.#role,
        `The ${this.#role} server was silent for ${seconds} s and does not work on the statement; the connection was given up. ` +
          'Check the network between, or raise readTimeoutSeconds.',
      ),
    );
  }
}
