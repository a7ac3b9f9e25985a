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

export interface HostCall {
  readonly side: HostSide;
  readonly method: string;
  readonly args: readonly unknown[];
  readonly onItems?: (items: readonly unknown[]) => void;
  readonly onPoint?: (point: string) => void;
}

/**
 * One process's way to a system in the host. A host that dies rejects what it was asked with an error that is worth another try; the next
 * call finds the one that was started in its place.
 */
export class HostClient implements Disposable {
  readonly #connection: ResolvedConnection;
  readonly #address: string;
  readonly #calls = new Map<number, Call>();
  #socket: Promise<Socket> | undefined;
  #lastId = 0;

  constructor(connection: ResolvedConnection, address: string) {
    this.#connection = connection;
    this.#address = address;
  }

  async call({ side, method, args, onItems, onPoint }: HostCall, signal: AbortSignal): Promise<unknown> {
    throwIfCancelled(signal);
    const socket = await this.#connect();
    throwIfCancelled(signal);
    const id = ++this.#lastId;
    const cancel = (): void => void sendMessage(socket, { kind: 'cancel', id } satisfies ToHost);
    signal.addEventListener('abort', cancel, { once: true });
    try {
      return await new Promise((resolve, reject) => {
        this.#calls.set(id, { resolve, reject, onItems, onPoint });
        if (socket.destroyed) reject(lost());
        const { connector, config } = this.#connection;
        const message: ToHost = { kind: 'call', id, system: { connector, config }, side, method, args };
        void sendMessage(socket, message).catch(reject);
        if (signal.aborted) cancel();
      });
    } catch (error) {
      throwIfCancelled(signal);
      throw error;
    } finally {
      signal.removeEventListener('abort', cancel);
      this.#calls.delete(id);
    }
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
