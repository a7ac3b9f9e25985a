import type { ChildProcess } from 'node:child_process';

import { PipelineError, fromPlainPipelineError, throwIfCancelled } from '@millrace/connector-sdk';
import type { RunEvent } from '@millrace/engine';

import type { FromRunner, RunnerMethod, RunnerRequest, RunnerResult, ToRunner } from './runner-protocol.ts';

/** After a cancel the runner has this long to undo and end; then it is killed. Publishing is a transaction: nothing is torn. */
const CANCEL_GRACE_MS = 10_000;
/** How long stderr may stay open behind an exit, by a process that inherited it. */
const LAST_WORDS_MS = 500;
/** Enough for V8's report of a full heap. */
const KEPT_STDERR = 16_384;

interface Call {
  readonly resolve: (result: never) => void;
  readonly reject: (error: unknown) => void;
  readonly onEvent: ((event: RunEvent) => void) | undefined;
}

/**
 * The parent's end of a runner process. The runner dies with its parent (the channel closes) and its death rejects
 * every open call with the reason: the signal, or that memory ran out.
 */
export class Runner implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #calls = new Map<number, Call>();
  readonly #ended: Promise<void>;
  #lastId = 0;
  #stderr = '';
  #death: PipelineError | undefined;
  #isKilled = false;
  #isEnding = false;

  /** `child` was forked with an IPC channel (`serialization: 'advanced'`) and a piped stderr. */
  constructor(child: ChildProcess) {
    this.#child = child;
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-KEPT_STDERR);
    });
    child.on('message', (message: FromRunner) => this.#receive(message));
    this.#ended = new Promise((resolve) => {
      const end = (error: PipelineError): void => {
        this.#death ??= error;
        for (const call of this.#calls.values()) call.reject(this.#death);
        this.#calls.clear();
        resolve();
      };
      child.on('error', (error) => end(diedOf(`could not be started: ${error.message}`, error)));
      // Not `close`: it never comes when the channel was disconnected before. What stderr says last may follow the exit.
      child.on('exit', (code, signal) => {
        const explain = (): void => end(this.#explainDeath(code, signal));
        if (!child.stderr || child.stderr.readableEnded) explain();
        else {
          const timer = setTimeout(explain, LAST_WORDS_MS);
          child.stderr.once('end', () => {
            clearTimeout(timer);
            explain();
          });
        }
      });
    });
  }

  /** True when the process has ended, or was told to; every call rejects. */
  get isDead(): boolean {
    return this.#death !== undefined || this.#isEnding;
  }

  async call<Method extends RunnerMethod>(
    method: Method,
    request: RunnerRequest<Method>,
    signal: AbortSignal,
    onEvent?: (event: RunEvent) => void,
  ): Promise<RunnerResult<Method>> {
    if (this.#death) throw this.#death;
    throwIfCancelled(signal);
    const id = ++this.#lastId;
    let timer: NodeJS.Timeout | undefined;
    const cancel = (): void => {
      this.#send({ kind: 'cancel', id });
      timer = setTimeout(() => this.kill(), CANCEL_GRACE_MS);
    };
    try {
      return await new Promise<RunnerResult<Method>>((resolve, reject) => {
        this.#calls.set(id, { resolve, reject, onEvent });
        signal.addEventListener('abort', cancel, { once: true });
        this.#send({ kind: 'call', id, method, request });
      });
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', cancel);
      this.#calls.delete(id);
    }
  }

  /** Ends the runner at once. */
  kill(): void {
    this.#isKilled = true;
    this.#child.kill('SIGKILL');
  }

  #send(message: ToRunner): void {
    // A channel that closes meanwhile is reported by `close`.
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }

  #receive(message: FromRunner): void {
    const call = this.#calls.get(message.id);
    if (!call) return;
    if (message.kind === 'event') call.onEvent?.(message.event);
    else if (message.kind === 'error') call.reject(fromPlainPipelineError(message.error));
    else call.resolve(message.result as never);
  }

  #explainDeath(code: number | null, signal: NodeJS.Signals | null): PipelineError {
    if (this.#isKilled) {
      return new PipelineError({
        code: 'cancelled',
        blame: 'platform',
        retry: 'never',
        message: 'The run was cancelled and its process ended.',
      });
    }
    if (/heap out of memory|Allocation failed/.test(this.#stderr)) {
      return new PipelineError({
        code: 'outOfMemory',
        blame: 'platform',
        retry: 'backoff',
        message:
          'The runner process ran out of memory. Nothing was lost: run again, with a smaller limits.parallelTables in millrace.yaml or more memory.',
      });
    }
    if (signal === 'SIGKILL') {
      return diedOf(
        "was killed by SIGKILL: by a person, or by the system because memory ran out (see the kernel's log)",
      );
    }
    return diedOf(signal === null ? `ended with code ${String(code)}` : `was ended by ${signal}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isEnding = true;
    if (this.#child.connected) this.#child.disconnect();
    const timer = setTimeout(() => this.kill(), 2_000);
    await this.#ended;
    clearTimeout(timer);
  }
}

function diedOf(reason: string, cause?: unknown): PipelineError {
  return new PipelineError({
    code: 'internal',
    blame: 'platform',
    retry: 'backoff',
    message: `The runner process ${reason}. Nothing was lost: the next run takes it up where it stood.`,
    cause,
  });
}
