import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import { PipelineError } from '@millrace/connector-sdk';

/** What the process of a host says to its parent: that it answers calls, that nobody was connected for long. */
export interface FromHostProcess {
  readonly kind: 'listening' | 'idle';
}

/** Others listen at its address now; it ends when those who are connected have gone. */
export interface ToHostProcess {
  readonly kind: 'release';
}

const LONGEST_PAUSE_MS = 5_000;

/**
 * The process that owns the project's embedded warehouses while a server runs. It is started by the first who needs it and again
 * whenever it dies, under the same address; it dies with this process. When nobody needs it for long it ends, and this process
 * listens in its place, for the next who does.
 */
export class WarehouseHost implements AsyncDisposable {
  /** Names of the connections whose files are its own, as far as this process knows. */
  readonly owned = new Set<string>();
  readonly #start: (address: string) => ChildProcess;
  #socket: HostSocket | undefined;
  #child: ChildProcess | undefined;
  /** Counts the hosts: each listens at a place of its own, to which the address leads. */
  #started = 0;
  /** Listens while there is no host because nobody needed one. */
  #door: Server | undefined;
  /** The end of the one before, whose files the next one opens. */
  #ended: Promise<void> = Promise.resolve();
  #listening: Promise<string> | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Since one listened. */
  #failedStarts = 0;
  #isClosed = false;

  /** `start` forks a host with an IPC channel that listens at the address it is given. */
  constructor(start: (address: string) => ChildProcess) {
    this.#start = start;
  }

  /** Id of the running process, for people who look at what runs. */
  get processId(): number | undefined {
    return this.#child?.pid;
  }

  /** Where the host listens, once it does. */
  async address(): Promise<string> {
    if (this.#isClosed) throw startFailure('this process is ending');
    if (this.#listening === undefined) {
      this.#listening = this.#launch();
      // Whoever waits for it hears of a failure.
      this.#listening.catch(() => undefined);
    }
    return await this.#listening;
  }

  async #launch(): Promise<string> {
    clearTimeout(this.#timer);
    await this.#ended;
    if (this.#isClosed) throw startFailure('this process is ending');
    const { address, folder } = (this.#socket ??= makeSocket());
    const place = folder === undefined ? address : `${address}-${++this.#started}`;
    const child = this.#start(place);
    this.#child = child;
    let isListening = false;
    let lastWords = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      lastWords = (lastWords + text).slice(-1000);
    });
    const listening = new Promise<string>((resolve, reject) => {
      child.on('message', ({ kind }: FromHostProcess) => {
        if (kind === 'idle') return void this.#release(child);
        this.#failedStarts = 0;
        isListening = true;
        if (place !== address) leadTo(address, place);
        this.#door?.close();
        this.#door = undefined;
        resolve(address);
      });
      child.once('error', (error) => reject(startFailure(error.message, error)));
      child.once('exit', (code, signal) => {
        const end = signal === null ? `it ended with code ${String(code)}` : `${signal} ended it`;
        reject(startFailure([end, lastWords.trim()].filter(Boolean).join(': ')));
        // One that was killed left its socket.
        if (place !== address) rmSync(place, { force: true });
        if (this.#child !== child) return;
        this.#child = undefined;
        this.#listening = undefined;
        if (this.#isClosed) return;
        if (!isListening) this.#failedStarts++;
        const pauseMs =
          this.#failedStarts === 0 ? 0 : Math.min(LONGEST_PAUSE_MS, 100 * 2 ** this.#failedStarts);
        // Runs that were publishing try again soon.
        this.#timer = setTimeout(() => void this.address().catch(() => undefined), pauseMs);
        this.#timer.unref();
      });
    });
    return await listening;
  }

  /**
   * Lets a host go that nobody needs. The address leads here in one step, so that whoever connects meanwhile comes to the one
   * or to the other, and nobody's question fails.
   */
  async #release(child: ChildProcess): Promise<void> {
    // The pipes of Windows cannot lead elsewhere: there a host stays.
    if (this.#child !== child || this.#isClosed || this.#socket?.folder === undefined) return;
    const { address } = this.#socket;
    const door = createServer({ pauseOnConnect: true }, (visitor) => void this.#letIn(visitor));
    const place = `${address}-${++this.#started}`;
    await new Promise<void>((resolve) => door.listen(place, resolve));
    if (this.#child !== child || this.#isClosed) return void door.close();
    leadTo(address, place);
    this.#door = door;
    this.#ended = new Promise((resolve) => child.once('exit', () => resolve()));
    this.#child = undefined;
    this.#listening = undefined;
    if (child.connected) child.send({ kind: 'release' } satisfies ToHostProcess);
  }

  /** Who came while there was no host is passed on to the next one. */
  async #letIn(visitor: Socket): Promise<void> {
    visitor.on('error', () => undefined);
    try {
      const host = createConnection(await this.address());
      host.on('error', () => undefined);
      host.on('close', () => visitor.destroy());
      visitor.on('close', () => host.destroy());
      visitor.pipe(host).pipe(visitor);
    } catch {
      visitor.destroy();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#door?.close();
    const child = this.#child;
    if (child !== undefined) {
      const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      const killer = setTimeout(() => child.kill('SIGKILL'), 5_000);
      if (child.connected) child.disconnect();
      await ended;
      clearTimeout(killer);
    }
    await this.#ended;
    if (this.#socket?.folder !== undefined) rmSync(this.#socket.folder, { recursive: true, force: true });
  }
}

/** In one step, whatever it led to before. */
function leadTo(address: string, place: string): void {
  const next = `${address}.next`;
  symlinkSync(basename(place), next);
  renameSync(next, address);
}

interface HostSocket {
  readonly address: string;
  /** Of this user alone: whoever can open the socket owns the warehouse. Undefined where sockets are no files. */
  readonly folder: string | undefined;
}

function makeSocket(): HostSocket {
  if (process.platform === 'win32')
    return { address: `\\\\.\\pipe\\millrace-${randomUUID()}`, folder: undefined };
  // Not in the project: the path of a socket has about 100 bytes.
  const folder = mkdtempSync(join(tmpdir(), 'millrace-host-'));
  return { address: join(folder, 'socket'), folder };
}

function startFailure(reason: string, cause?: unknown): PipelineError {
  return new PipelineError({
    code: 'connectionLost',
    blame: 'platform',
    retry: 'backoff',
    message: `The process that owns the warehouse did not start: ${reason}. It is tried again; if this stays, look at the server's log.`,
    cause,
  });
}
