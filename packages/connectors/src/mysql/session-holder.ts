import { throwIfCancelled } from '@millrace/connector-sdk';

import type { MysqlConfig } from './config.ts';
import { connectionLost, type Role } from './errors.ts';
import { killThread } from './protocol/other-session.ts';
import { MysqlSession } from './session.ts';

/** Keeps one session open between uses and opens it anew after it broke. Uses come one after the other. */
export class SessionHolder implements AsyncDisposable {
  readonly #config: MysqlConfig;
  readonly #role: Role;
  #session: MysqlSession | undefined;

  constructor(config: MysqlConfig, role: Role) {
    this.#config = config;
    this.#role = role;
  }

  /** The open session. An idle one that the server has closed meanwhile is replaced. */
  async #take(signal: AbortSignal): Promise<MysqlSession> {
    throwIfCancelled(signal);
    if (this.#session?.connection.isUsable !== true) {
      this.#session = undefined;
      this.#session = await MysqlSession.open(this.#config, this.#role, signal);
    }
    return this.#session;
  }

  #cutOn(signal: AbortSignal, session: MysqlSession): Disposable {
    const onAbort = (): void => {
      const { connection } = session;
      connection.fail(connectionLost(this.#role, signal.reason));
      // The server notices a cut line only when it writes to it; a scan without output would go on for hours.
      void killThread(this.#config, this.#role, connection.greeting.threadId).catch(() => undefined);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    return { [Symbol.dispose]: () => signal.removeEventListener('abort', onAbort) };
  }

  /** Does `work` with the open session and cuts it when the signal fires. */
  async use<T>(signal: AbortSignal, work: (session: MysqlSession) => Promise<T>): Promise<T> {
    const session = await this.#take(signal);
    using _ = this.#cutOn(signal, session);
    try {
      return await work(session);
    } catch (error) {
      throwIfCancelled(signal);
      throw error;
    } finally {
      if (!session.connection.isUsable) session.connection.fail(connectionLost(this.#role));
    }
  }

  /** The same for work that yields; a consumer that leaves early leaves rows on the wire, so the session is cut. */
  async *stream<T, R>(
    signal: AbortSignal,
    work: (session: MysqlSession) => AsyncGenerator<T, R, undefined>,
  ): AsyncGenerator<T, R, undefined> {
    const session = await this.#take(signal);
    using _ = this.#cutOn(signal, session);
    try {
      return yield* work(session);
    } catch (error) {
      throwIfCancelled(signal);
      throw error;
    } finally {
      if (!session.connection.isUsable) session.connection.fail(connectionLost(this.#role));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    await session?.[Symbol.asyncDispose]();
  }
}
