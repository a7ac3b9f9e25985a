import { createConnection, type Socket } from 'node:net';

import { fromPlainPipelineError, PipelineError, throwIfCancelled } from '@millrace/connector-sdk';

import type { ResolvedConnection } from '../run/run-request.ts';
import type { FromHost, HostSide, ToHost } from './host-message.ts';
import { receiveMessages, sendMessage } from './message-stream.ts';

/** A host that is being started again answers within this time. */
const CONNECT_MS = 10_000;
const CONNECT_PAUSE_MS = 50;

interface Call {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
  readonly onItems: ((items: readonly unknown[]) => void) | undefined;
  readonly onPoint: ((point: string) => void) | undefined;
}

interface Listeners {
  readonly onItems?: ((items: readonly unknown[]) => void) | undefined;
  readonly onPoint?: ((point: string) => void) | undefined;
}

/**
 * One process's way to one side of a system in the host. The host is the same program: what it sends for a method is that
 * method's answer. A host that dies rejects what it was asked with an error that is worth another try; the next
 * call finds the one that was started in its place.
 */
export class HostClient implements Disposable {
  readonly #side: HostSide;
  readonly #connection: ResolvedConnection;
  readonly #address: string;
  readonly #calls = new Map<number, Call>();
  #socket: Promise<Socket> | undefined;
  #lastId = 0;

  constructor(side: HostSide, connection: ResolvedConnection, address: string) {
    this.#side = side;
    this.#connection = connection;
    this.#address = address;
  }

  /** Calls a method; `onItems` gets what it yields, `onPoint` the points that it passes. */
  async call<Answer>(
    method: string,
    args: readonly unknown[],
    signal: AbortSignal,
    { onItems, onPoint }: Listeners = {},
  ): Promise<Answer> {
    throwIfCancelled(signal);
    const socket = await this.#connect();
    throwIfCancelled(signal);
    const id = ++this.#lastId;
    const cancel = (): void => void sendMessage(socket, { kind: 'cancel', id } satisfies ToHost);
    signal.addEventListener('abort', cancel, { once: true });
    try {
      const answer = await new Promise((resolve, reject) => {
        this.#calls.set(id, { resolve, reject, onItems, onPoint });
        if (socket.destroyed) reject(lost());
        const { connector, config } = this.#connection;
        const message: ToHost = {
          kind: 'call',
          id,
          system: { connector, config },
          side: this.#side,
          method,
          args,
        };
        void sendMessage(socket, message).catch(reject);
        if (signal.aborted) cancel();
      });
      return answer as Answer;
    } catch (error) {
      throwIfCancelled(signal);
      throw error;
    } finally {
      signal.removeEventListener('abort', cancel);
      this.#calls.delete(id);
    }
  }

  /** Calls a method that yields: everything that it did, and what it answered at its end. */
  async collect<Item, Answer>(
    method: string,
    args: readonly unknown[],
    signal: AbortSignal,
  ): Promise<{ readonly items: readonly Item[]; readonly answer: Answer }> {
    const items: Item[] = [];
    const onItems = (some: readonly unknown[]): void => void items.push(...(some as readonly Item[]));
    const answer = await this.call<Answer>(method, args, signal, { onItems });
    return { items, answer };
  }

  [Symbol.dispose](): void {
    const socket = this.#socket;
    this.#socket = undefined;
    void socket?.then(
      (open) => open.destroy(),
      () => undefined,
    );
  }

  #connect(): Promise<Socket> {
    this.#socket ??= this.#open().catch((error: unknown) => {
      this.#socket = undefined;
      throw error;
    });
    return this.#socket;
  }

  async #open(): Promise<Socket> {
    const deadline = Date.now() + CONNECT_MS;
    for (;;) {
      try {
        const socket = await connectTo(this.#address);
        receiveMessages<FromHost>(socket, (message) => this.#receive(message));
        socket.on('error', () => undefined);
        socket.on('close', () => {
          this.#socket = undefined;
          for (const call of this.#calls.values()) call.reject(lost());
          this.#calls.clear();
        });
        return socket;
      } catch (error) {
        if (Date.now() >= deadline) throw lost(error);
        await new Promise((resolve) => setTimeout(resolve, CONNECT_PAUSE_MS));
      }
    }
  }

  #receive(message: FromHost): void {
    const call = this.#calls.get(message.id);
    switch (message.kind) {
      case 'items':
        return call?.onItems?.(message.items);
      case 'point':
        return call?.onPoint?.(message.point);
      case 'result':
        return call?.resolve(message.result);
      case 'error':
        return call?.reject(fromPlainPipelineError(message.error));
    }
  }
}

function connectTo(address: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(address);
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}

function lost(cause?: unknown): PipelineError {
  return new PipelineError({
    code: 'connectionLost',
    blame: 'platform',
    retry: 'backoff',
    message:
      'The process that owns the warehouse ended in the middle of it. Nothing was lost: it is started again, and what was begun is taken up.',
    cause,
  });
}
