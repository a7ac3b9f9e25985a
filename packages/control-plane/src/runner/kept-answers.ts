import { hash } from 'node:crypto';

import type { Runner } from './runner-client.ts';
import type { SqlAnswer, SqlQuestion } from './runner-protocol.ts';

/** A plan that asks more keeps nothing: to read so much would take as long as to ask. */
const MOST_ANSWERS = 20_000;

/**
 * What an analyser answered when the plan of a pipeline was made last. The runner reads and writes the file, because it
 * knows whether it would answer the same: it is the same program with the same DuckDB.
 */
export class KeptAnswers {
  readonly #runner: () => Runner;
  readonly #file: string;
  readonly #signal: AbortSignal;
  readonly #read: Promise<void>;
  #known: Readonly<Record<string, SqlAnswer>> = {};
  #used: Record<string, SqlAnswer> = {};
  #hasNew = false;

  constructor(runner: () => Runner, file: string, signal: AbortSignal) {
    this.#runner = runner;
    this.#file = file;
    this.#signal = signal;
    this.#read = this.#recall().catch(() => undefined);
  }

  /** What a question is found under, once the file was read. */
  async keyOf(question: SqlQuestion): Promise<string> {
    await this.#read;
    return hash('sha256', JSON.stringify(question), 'base64url');
  }

  find(key: string): SqlAnswer | undefined {
    return Object.hasOwn(this.#known, key) ? this.#known[key] : undefined;
  }

  note(key: string, answer: SqlAnswer): void {
    this.#hasNew ||= this.find(key) === undefined;
    this.#used[key] = answer;
  }

  /** Writes the answers that were used, unless they are those of the file. */
  keep(): void {
    const count = Object.keys(this.#used).length;
    if (count > MOST_ANSWERS || (!this.#hasNew && count === Object.keys(this.#known).length)) return;
    const request = { file: this.#file, answers: JSON.stringify(this.#used) };
    // They are asked again when they cannot be kept.
    this.#runner()
      .call('keepAnswers', request, this.#signal)
      .catch(() => undefined);
  }

  async #recall(): Promise<void> {
    const text = await this.#runner().call('recallAnswers', { file: this.#file }, this.#signal);
    // The file is the state of the project, and says by which program it was written.
    if (text !== null) this.#known = JSON.parse(text);
  }
}
