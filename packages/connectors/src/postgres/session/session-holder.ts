import type { Blame } from '@millrace/connector-sdk';

import type { PostgresConfig } from '../config.ts';
import { Session } from './session.ts';

/** The one session of a source or destination: kept over many uses, made anew after a failure. */
export class SessionHolder implements AsyncDisposable {
  readonly #config: PostgresConfig;
  readonly #blame: Blame;
  #session: Session | undefined;

  constructor(config: PostgresConfig, blame: Blame) {
    this.#config = config;
    this.#blame = blame;
  }

  async get(signal: AbortSignal): Promise<Session> {
    if (this.#session?.isUsable === true) return this.#session;
    this.#session?.destroy();
    this.#session = await Session.open(this.#config, this.#blame, signal);
    return this.#session;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session?.[Symbol.asyncDispose]();
    this.#session = undefined;
  }
}
