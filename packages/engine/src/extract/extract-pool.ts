import { Worker } from 'node:worker_threads';

import {
  type Batch,
  type ConnectorRegistry,
  fromPlainPipelineError,
  type ParquetFile,
  PipelineError,
  type ReadRequest,
  throwIfCancelled,
} from '@millrace/connector-sdk';
import type { ResolvedConnection } from '../run/run-request.ts';
import { createSlots, type Slots } from '../run/slots.ts';
import {
  buffersOf,
  type SourceCallName,
  type SourceCalls,
  type ThreadReadResult,
  type WorkerCommand,
  type WorkerReply,
} from './extract-message.ts';
import { loadDefinition } from '../run/load-definition.ts';
import { callSource, OpenSources } from './open-sources.ts';

/** Batches that may be on their way to the owner thread; a batch is about 5 MB. */
const CREDITS = 4;

export interface ExtractPoolOptions {
  /** Threads, each reading one table at a time. */
  readonly workers: number;
  readonly registry: ConnectorRegistry;
  /** Module that exports the same `registry`, for the threads to import. */
  readonly registryModule: URL;
}

/**
 * Reads sources in worker threads (or on the owner thread, where a connector demands it) and keeps them open between
 * reads. A job waits until a thread is free.
 */
export class ExtractPool {
  readonly #options: ExtractPoolOptions;
  readonly #idle: ExtractThread[] = [];
  readonly #threads = new Set<ExtractThread>();
  /** One for each thread that there may be. */
  readonly #places: Slots;
  readonly #ownSources: OpenSources;

  constructor(options: ExtractPoolOptions) {
    this.#options = options;
    this.#places = createSlots(options.workers);
    this.#ownSources = new OpenSources(options.registry);
  }

  /** The batches of one read; returns the source's result after the last. Leaving the loop early cancels the read. */
  async *read(
    connection: ResolvedConnection,
    request: ReadRequest,
    signal: AbortSignal,
  ): AsyncGenerator<Batch | ParquetFile, ThreadReadResult, undefined> {
    throwIfCancelled(signal);
    if (await this.#isOwnerRead(connection)) {
      try {
        const source = await this.#ownSources.get(connection, signal);
        return yield* source.read(request, signal);
      } catch (error) {
        await this.#ownSources.drop(connection);
        throw error;
      }
    }
    const leave = await this.#places.take(signal);
    const thread = this.#takeThread();
    try {
      return yield* thread.read(connection, request, signal);
    } finally {
      this.#keepThread(thread);
      leave();
    }
  }

  async call<Name extends SourceCallName>(
    connection: ResolvedConnection,
    name: Name,
    args: SourceCalls[Name]['args'],
    signal: AbortSignal,
  ): Promise<SourceCalls[Name]['answer']> {
    throwIfCancelled(signal);
    if (await this.#isOwnerRead(connection)) {
      return this.#ownSources.use(connection, signal, (source) =>
        callSource(source, name, args, signal),
      ) as Promise<SourceCalls[Name]['answer']>;
    }
    const leave = await this.#places.take(signal);
    const thread = this.#takeThread();
    try {
      return (await thread.call(connection, name, args, signal)) as SourceCalls[Name]['answer'];
    } finally {
      this.#keepThread(thread);
      leave();
    }
  }

  async close(): Promise<void> {
    const [kept] = spares.has(this.#options.registryModule.href) ? [] : this.#idle;
    const threads = [...this.#threads].filter((thread) => thread !== kept);
    this.#threads.clear();
    this.#idle.length = 0;
    await Promise.all([
      this.#ownSources.close(),
      kept && keepSpare(kept, this.#options.registryModule),
      ...threads.map((thread) => thread.close()),
    ]);
  }

  async #isOwnerRead(connection: ResolvedConnection): Promise<boolean> {
    const definition = await loadDefinition(this.#options.registry, connection.connector);
    return definition.capabilities.source?.extractIn === 'owner';
  }

  #takeThread(): ExtractThread {
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    const thread = takeSpare(this.#options.registryModule) ?? new ExtractThread(this.#options.registryModule);
    this.#threads.add(thread);
    return thread;
  }

  #keepThread(thread: ExtractThread): void {
    if (thread.hasDied) this.#threads.delete(thread);
    else if (this.#threads.has(thread)) this.#idle.push(thread);
  }
}

export function openExtractPool(options: ExtractPoolOptions): ExtractPool {
  return new ExtractPool(options);
}

/**
 * By the module of their registry, a thread that another pool of this process left, with its sources closed: starting one
 * takes longer than a small table.
 */
const spares = new Map<string, ExtractThread>();

async function keepSpare(thread: ExtractThread, { href }: URL): Promise<void> {
  if (!(await thread.release()) || spares.has(href)) return await thread.close();
  spares.set(href, thread);
}

function takeSpare({ href }: URL): ExtractThread | undefined {
  const thread = spares.get(href);
  spares.delete(href);
  return thread?.takeUp() === true ? thread : undefined;
}

/** One worker thread and the job it is doing. */
class ExtractThread {
  hasDied = false;
  readonly #worker: Worker;
  readonly #replies: WorkerReply[] = [];
  #wake: () => void = () => {};

  constructor(registryModule: URL) {
    this.#worker = new Worker(new URL('./extract-worker.ts', import.meta.url), {
      workerData: { registryModule: registryModule.href },
      name: 'extract',
    });
    this.#worker.on('message', (reply: WorkerReply) => this.#receive(reply));
    this.#worker.on('error', (error: Error) => this.#die(error));
    this.#worker.on('exit', () => this.#die(new Error('The extract worker ended by itself.')));
  }

  async *read(
    connection: ResolvedConnection,
    request: ReadRequest,
    signal: AbortSignal,
  ): AsyncGenerator<Batch | ParquetFile, ThreadReadResult, undefined> {
    const cancel = () => this.#send({ type: 'cancel' });
    signal.addEventListener('abort', cancel, { once: true });
    let isOver = false;
    try {
      this.#send({ type: 'read', connection, request, credits: CREDITS });
      for (;;) {
        const reply = await this.#nextReply();
        if (reply.type === 'item') {
          yield reply.item.kind === 'batch' ? this.#recyclable(reply.item) : reply.item;
          this.#send({ type: 'credit' });
          continue;
        }
        isOver = true;
        if (reply.type === 'result') return reply.result;
        throw replyError(reply, signal);
      }
    } finally {
      signal.removeEventListener('abort', cancel);
      if (!isOver && !this.hasDied) await this.#cancelAndDrain();
    }
  }

  async call(
    connection: ResolvedConnection,
    name: SourceCallName,
    args: readonly unknown[],
    signal: AbortSignal,
  ): Promise<unknown> {
    const cancel = () => this.#send({ type: 'cancel' });
    signal.addEventListener('abort', cancel, { once: true });
    try {
      this.#send({ type: 'call', connection, name, args });
      const reply = await this.#nextReply();
      if (reply.type === 'answer') return reply.answer;
      throw replyError(reply, signal);
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }

  /** Closes its sources, and lets the process end without it; false when it cannot be used any more. */
  async release(): Promise<boolean> {
    if (this.hasDied) return false;
    this.#send({ type: 'release' });
    const reply = await this.#nextReply();
    this.#worker.unref();
    return reply.type === 'answer' && !this.hasDied;
  }

  /** Belongs to a pool again; false when it died meanwhile. */
  takeUp(): boolean {
    this.#worker.ref();
    return !this.hasDied;
  }

  async close(): Promise<void> {
    if (this.hasDied) return;
    this.#worker.ref();
    const ended = new Promise<void>((resolve) => this.#worker.once('exit', () => resolve()));
    this.#send({ type: 'close' });
    const deadline = setTimeout(() => void this.#worker.terminate(), 2000);
    await ended;
    clearTimeout(deadline);
  }

  #recyclable(batch: Batch): Batch {
    // Plain buffers were beyond what the worker keeps; here they are garbage.
    const shared = buffersOf(batch).filter((buffer) => buffer instanceof SharedArrayBuffer);
    return { ...batch, release: () => this.#send({ type: 'recycle', buffers: shared }) };
  }

  async #cancelAndDrain(): Promise<void> {
    this.#send({ type: 'cancel' });
    for (;;) {
      const reply = await this.#nextReply();
      if (reply.type !== 'item') return;
    }
  }

  #send(command: WorkerCommand): void {
    if (!this.hasDied) this.#worker.postMessage(command);
  }

  #receive(reply: WorkerReply): void {
    this.#replies.push(reply);
    this.#wake();
  }

  #die(error: Error): void {
    if (this.hasDied) return;
    this.hasDied = true;
    this.#receive({
      type: 'error',
      error: {
        code: 'internal',
        blame: 'platform',
        retry: 'backoff',
        message: `The extract worker died: ${error.stack ?? error.message}`,
      },
    });
  }

  async #nextReply(): Promise<WorkerReply> {
    for (;;) {
      const reply = this.#replies.shift();
      if (reply !== undefined) return reply;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

/** The error of a job; when the run was cancelled, that is the reason whatever the source said. */
function replyError(reply: WorkerReply, signal: AbortSignal): Error {
  throwIfCancelled(signal);
  if (reply.type === 'error') return fromPlainPipelineError(reply.error);
  return new PipelineError({
    code: 'internal',
    blame: 'platform',
    retry: 'never',
    message: `The extract worker answered ${reply.type} where it should not.`,
  });
}
