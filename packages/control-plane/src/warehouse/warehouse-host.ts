import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { PipelineError } from '@millrace/connector-sdk';

/** What a host says to its parent when it answers calls. */
export interface HostListens {
  readonly kind: 'listening';
}

const LONGEST_PAUSE_MS = 5_000;

/**
 * The process that owns the project's embedded warehouses while a server runs. It is started by the first who needs it and again
 * whenever it dies, under the same address; it dies with this process.
 */
export class WarehouseHost implements AsyncDisposable {
  /** Names of the connections whose files are its own, as far as this process knows. */
  readonly owned = new Set<string>();
  readonly #start: (address: string) => ChildProcess;
  #socket: HostSocket | undefined;
  #child: ChildProcess | undefined;
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
    this.#listening ??= this.#launch();
    return await this.#listening;
  }

  #launch(): Promise<string> {
    clearTimeout(this.#timer);
    // One that was killed left its socket; it has ended before another is started.
    const { address, folder } = (this.#socket ??= makeSocket());
    if (folder !== undefined) rmSync(address, { force: true });
    const child = this.#start(address);
    this.#child = child;
    let isListening = false;
    let lastWords = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      lastWords = (lastWords + text).slice(-1000);
    });
    const listening = new Promise<string>((resolve, reject) => {
      child.once('message', (message: HostListens) => {
        if (message.kind !== 'listening') return;
        this.#failedStarts = 0;
        isListening = true;
        resolve(address);
      });
      child.once('error', (error) => reject(startFailure(error.message, error)));
      child.once('exit', (code, signal) => {
        const end = signal === null ? `it ended with code ${String(code)}` : `${signal} ended it`;
        reject(startFailure([end, lastWords.trim()].filter(Boolean).join(': ')));
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
    listening.catch(() => undefined);
    return listening;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    const child = this.#child;
    if (child !== undefined) {
      const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      const killer = setTimeout(() => child.kill('SIGKILL'), 5_000);
      if (child.connected) child.disconnect();
      await ended;
      clearTimeout(killer);
    }
    if (this.#socket?.folder !== undefined) rmSync(this.#socket.folder, { recursive: true, force: true });
  }
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
