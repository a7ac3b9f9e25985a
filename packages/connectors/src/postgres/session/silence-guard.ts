import { type Blame, PipelineError, throwIfCancelled } from '@millrace/connector-sdk';

import type { BackendState } from './connect.ts';

export interface SilenceGuardOptions {
  readonly subject: string;
  readonly blame: Blame;
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
  /** Asks, over another way, what the server does for us. */
  readonly backendState: () => Promise<BackendState>;
  /** Ends, over another way, the server's side of a connection that is dead; called before `stop`. */
  readonly terminate: () => Promise<void>;
  /** Ends the connection; called once. */
  readonly stop: () => void;
}

/**
 * Watches one exchange with a server: `failure` fires when the signal does, or when the server owes bytes and sends
 * none for the time allowed and does not work on the statement either: a half-open connection. Dispose it when the
 * exchange is over.
 */
export class SilenceGuard implements Disposable {
  readonly #options: SilenceGuardOptions;
  readonly #timer: NodeJS.Timeout;
  #lastSign = performance.now();
  #isPaused = false;
  #isProbing = false;
  #isDisposed = false;
  #fail: (error: Error) => void = () => undefined;
  readonly failure: Promise<never>;

  constructor(options: SilenceGuardOptions) {
    this.#options = options;
    this.failure = new Promise((_resolve, reject) => (this.#fail = reject));
    this.failure.catch(() => undefined);
    options.signal.addEventListener('abort', this.#onAbort, { once: true });
    const timeoutMs = options.timeoutSeconds * 1000;
    this.#timer = setInterval(this.#check, Math.max(10, Math.min(1_000, timeoutMs / 4)));
    this.#timer.unref();
  }

  /** The server gave a sign of life. */
  alive(): void {
    this.#lastSign = performance.now();
  }

  /** While it is our turn, the server's silence means nothing. */
  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.alive();
  }

  race<T>(answer: Promise<T>): Promise<T> {
    answer.catch(() => undefined);
    return Promise.race([answer, this.failure]);
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    clearInterval(this.#timer);
    this.#options.signal.removeEventListener('abort', this.#onAbort);
  }

  readonly #onAbort = (): void => {
    try {
      throwIfCancelled(this.#options.signal);
    } catch (error) {
      this.#fail(error as Error);
    }
    this.#options.stop();
  };

  readonly #check = (): void => {
    if (!this.#isProbing && this.#isSilent()) void this.#probe();
  };

  #isSilent(): boolean {
    return !this.#isPaused && performance.now() - this.#lastSign >= this.#options.timeoutSeconds * 1000;
  }

  async #probe(): Promise<void> {
    const { subject, blame, timeoutSeconds, backendState, terminate, stop } = this.#options;
    this.#isProbing = true;
    const state = await backendState();
    this.#isProbing = false;
    if (this.#isDisposed || !this.#isSilent()) return;
    if (state === 'working') return this.alive();
    clearInterval(this.#timer);
    if (state === 'waiting') await terminate();
    this.#fail(
      new PipelineError({
        code: 'connectionTimeout',
        blame,
        retry: 'backoff',
        message: `${subject} failed: PostgreSQL sent nothing for ${timeoutSeconds} s and is not working on the statement. The connection is dead; it is tried again.`,
      }),
    );
    stop();
  }
}
