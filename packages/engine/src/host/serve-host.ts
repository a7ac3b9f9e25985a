import { createServer, type Server, type Socket } from 'node:net';

import {
  PipelineError,
  toPlainPipelineError,
  type ConnectorRegistry,
  type ExportRequest,
  type HostedSystem,
  type QueryRequest,
  type StagedReader,
} from '@millrace/connector-sdk';

import { loadDefinition } from '../run/load-definition.ts';
import { HOST_CALLS, type FromHost, type HostedPublication, type ToHost } from './host-message.ts';
import { receiveMessages, sendMessage } from './message-stream.ts';

/** After so long without a call a system is closed, so that other programs can open its file. */
const IDLE_MS = 60_000;
/** Who connected while nobody was there any more is let in for so long. */
const LEAVE_MS = 200;
const ITEMS_PER_MESSAGE = 1000;

interface OpenSystem {
  readonly opened: Promise<HostedSystem>;
  calls: number;
  idle: NodeJS.Timeout | undefined;
}

export interface Host extends AsyncDisposable {
  readonly server: Server;
  /** Resolves when nobody is connected, and nobody comes who was on the way. */
  readonly left: () => Promise<void>;
}

/** When nobody was connected for so long, and each time again after somebody was. */
export interface HostIdle {
  readonly afterMs: number;
  readonly onIdle: () => void;
}

/**
 * Owns systems that one process at a time can own, for the processes that connect to `address`: a socket's path. A caller that goes away
 * takes its calls with it.
 */
export async function serveHost(registry: ConnectorRegistry, address: string, idle: HostIdle): Promise<Host> {
  const systems = new Map<string, OpenSystem>();
  const running = new Set<Promise<void>>();
  const callers = new Set<Socket>();
  let idling: NodeJS.Timeout | undefined;
  const idleFromNow = (): void => {
    clearTimeout(idling);
    idling = setTimeout(idle.onIdle, idle.afterMs).unref();
  };

  async function use<T>(
    connection: Extract<ToHost, { kind: 'call' }>['system'],
    signal: AbortSignal,
    work: (system: HostedSystem) => Promise<T>,
  ): Promise<T> {
    const key = JSON.stringify([connection.connector, connection.config]);
    let system = systems.get(key);
    if (system === undefined) {
      // Not with the caller's signal: others may wait for the same system.
      system = { opened: open(connection, new AbortController().signal), calls: 0, idle: undefined };
      systems.set(key, system);
    }
    const held = system;
    clearTimeout(held.idle);
    held.calls++;
    try {
      const hosted = await held.opened.catch((error: unknown) => {
        if (systems.get(key) === held) systems.delete(key);
        throw error;
      });
      signal.throwIfAborted();
      return await work(hosted);
    } finally {
      held.calls--;
      if (held.calls === 0 && systems.get(key) === held) {
        held.idle = setTimeout(() => {
          systems.delete(key);
          void held.opened.then((hosted) => hosted[Symbol.asyncDispose]()).catch(() => undefined);
        }, IDLE_MS);
        held.idle.unref();
      }
    }
  }

  async function open(
    { connector, config }: Extract<ToHost, { kind: 'call' }>['system'],
    signal: AbortSignal,
  ): Promise<HostedSystem> {
    const definition = await loadDefinition(registry, connector);
    if (definition.openHosted !== undefined)
      return await definition.openHosted(definition.config.parse(config), signal);
    throw new PipelineError({
      code: 'internal',
      blame: 'platform',
      retry: 'never',
      message: `${definition.title} needs no host. This is a defect of Millrace; please report it.`,
    });
  }

  function serve(socket: Socket): void {
    const calls = new Map<number, AbortController>();
    callers.add(socket);
    clearTimeout(idling);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      callers.delete(socket);
      if (callers.size === 0) idleFromNow();
      for (const call of calls.values()) call.abort(gone());
    });
    receiveMessages<ToHost>(socket, (message) => {
      if (message.kind === 'cancel') {
        calls.get(message.id)?.abort(cancelled());
        return;
      }
      const controller = new AbortController();
      calls.set(message.id, controller);
      const work = answer(message, controller.signal).finally(() => {
        calls.delete(message.id);
        running.delete(work);
      });
      running.add(work);
    });

    async function answer(message: Extract<ToHost, { kind: 'call' }>, signal: AbortSignal): Promise<void> {
      const { id } = message;
      const say = (said: FromHost): Promise<void> => sendMessage(socket, said);
      try {
        const result = await use(message.system, signal, (system) => call(system, message, say, signal));
        await say({ kind: 'result', id, result });
      } catch (error) {
        await say({ kind: 'error', id, error: toPlainPipelineError(error) });
      }
    }
  }

  const server = createServer(serve);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(address, resolve);
  });
  idleFromNow();
  return {
    server,
    left: () => left(callers),
    async [Symbol.asyncDispose]() {
      clearTimeout(idling);
      for (const socket of callers) socket.destroy();
      server.close();
      await Promise.all(running);
      for (const { opened, idle } of systems.values()) {
        clearTimeout(idle);
        await opened.then((hosted) => hosted[Symbol.asyncDispose]()).catch(() => undefined);
      }
    },
  };
}

async function left(callers: ReadonlySet<Socket>): Promise<void> {
  for (let quietMs = 0; quietMs < LEAVE_MS;) {
    await new Promise((resolve) => setTimeout(resolve, LEAVE_MS / 4));
    quietMs = callers.size === 0 ? quietMs + LEAVE_MS / 4 : 0;
  }
}

async function call(
  system: HostedSystem,
  { id, side, method, args }: Extract<ToHost, { kind: 'call' }>,
  say: (said: FromHost) => Promise<void>,
  signal: AbortSignal,
): Promise<unknown> {
  if (side === 'destination' && method === 'publish')
    return await publish(
      system,
      args[0] as HostedPublication,
      (point) => void say({ kind: 'point', id, point }),
      signal,
    );
  const { destination } = system;
  if (side === 'destination' && method === 'export' && destination.export !== undefined)
    return await destination.export(
      args[0] as ExportRequest,
      (share) => void say({ kind: 'items', id, items: [share] }),
      signal,
    );
  if (side === 'destination' && method === 'query' && destination.query !== undefined) {
    const { rows, ...answer } = await destination.query(args[0] as QueryRequest, signal);
    // In bundles, so that who asked is never busy with all of them at once.
    for (let start = 0; start < rows.length; start += ITEMS_PER_MESSAGE)
      await say({ kind: 'items', id, items: rows.slice(start, start + ITEMS_PER_MESSAGE) });
    return answer;
  }
  const target: object = system[side];
  const names: readonly string[] = HOST_CALLS[side];
  const asked: unknown = names.includes(method) ? Reflect.get(target, method) : undefined;
  if (typeof asked !== 'function') {
    throw new PipelineError({
      code: 'configInvalid',
      blame: 'config',
      retry: 'never',
      message: `The ${side} does not offer ${method}.`,
    });
  }
  const answer: unknown = Reflect.apply(asked, target, [...args, signal]);
  return isIterable(answer) ? await sendItems(id, answer, say) : await answer;
}

function isIterable(value: unknown): value is AsyncGenerator {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

/** Files are told one by one, since the caller removes each; small things in bundles. */
async function sendItems(
  id: number,
  answer: AsyncGenerator,
  say: (said: FromHost) => Promise<void>,
): Promise<unknown> {
  let items: unknown[] = [];
  for (;;) {
    const next = await answer.next();
    if (next.done !== true) items.push(next.value);
    if (items.length >= ITEMS_PER_MESSAGE || (next.done === true && items.length > 0)) {
      await say({ kind: 'items', id, items });
      items = [];
    }
    if (next.done === true) return next.value;
  }
}

async function publish(
  { destination }: HostedSystem,
  { request, files, position, deletedKeys }: HostedPublication,
  checkpoint: (point: string) => void,
  signal: AbortSignal,
): Promise<unknown> {
  return await destination.publish(
    { ...request, position: () => position, deletedKeys: () => deletedKeys, reader: noReader, checkpoint },
    listFiles(files),
    signal,
  );
}

async function* listFiles<File>(files: readonly File[]): AsyncGenerator<File> {
  yield* files;
}

/** A system that can be hosted reads staged files itself. */
const noReader: StagedReader = { delimited: refuse, values: refuse };

function refuse(): never {
  throw new PipelineError({
    code: 'internal',
    blame: 'destination',
    retry: 'never',
    message:
      'A hosted destination asked for rows of staged files. This is a defect of its connector; please report it.',
  });
}

function cancelled(): PipelineError {
  return new PipelineError({
    code: 'cancelled',
    blame: 'platform',
    retry: 'never',
    message: 'It was cancelled.',
  });
}

function gone(): PipelineError {
  return new PipelineError({
    code: 'cancelled',
    blame: 'platform',
    retry: 'never',
    message: 'The process that asked is gone.',
  });
}
