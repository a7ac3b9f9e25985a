import type {
  CodeAnalyser,
  CodeProblem,
  DescribedColumn,
  DescribeRequest,
  ParsedExpression,
  ParsedQuery,
  SqlAnalyser,
  SqlProblem,
  SqlRelation,
} from '@millrace/compiler';

import { KeptAnswers } from './kept-answers.ts';
import type { Runner } from './runner-client.ts';
import type { SqlAnswer, SqlQuestion } from './runner-protocol.ts';

interface Waiting {
  readonly question: SqlQuestion;
  readonly resolve: (answer: never) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Asks the runner about SQL and code, because this process opens no DuckDB and no sandbox; the questions about SQL of one
 * turn travel together.
 */
export class RunnerAnalyser implements SqlAnalyser, CodeAnalyser {
  readonly #runner: () => Runner;
  readonly #signal: AbortSignal;
  #waiting: Waiting[] = [];
  #kept: KeptAnswers | undefined;

  constructor(runner: () => Runner, signal: AbortSignal) {
    this.#runner = runner;
    this.#signal = signal;
  }

  /** Lets the runner open what it answers with, while the first question is not known yet. */
  getReady(): void {
    // Who asks is told what is wrong with the runner.
    this.#runner()
      .call('analyse', { questions: [] }, this.#signal)
      .catch(() => undefined);
  }

  /** Answers from a file as far as it goes, which is brought up to date by `keep`. */
  recall(file: string): void {
    this.#kept = new KeptAnswers(this.#runner, file, this.#signal);
  }

  /** Keeps the answers that were asked for since, and no others. */
  keep(): void {
    this.#kept?.keep();
  }

  parseExpression(text: string): Promise<ParsedExpression | SqlProblem> {
    return this.#ask({ kind: 'expression', text });
  }

  parseQuery(text: string, relations: readonly SqlRelation[]): Promise<ParsedQuery | SqlProblem> {
    return this.#ask({ kind: 'query', text, relations });
  }

  describe(request: DescribeRequest): Promise<readonly DescribedColumn[] | SqlProblem> {
    return this.#ask({ kind: 'describe', request });
  }

  checkCode(text: string): Promise<CodeProblem | null> {
    return this.#runner().call('checkCode', { text }, this.#signal);
  }

  async #ask<Answer extends SqlAnswer>(question: SqlQuestion): Promise<Answer> {
    const kept = this.#kept;
    if (kept === undefined) return this.#askRunner<Answer>(question);
    const key = await kept.keyOf(question);
    const known = kept.find(key) ?? (await this.#askRunner<Answer>(question));
    kept.note(key, known);
    // What is found under a question is its answer, in the form of its kind.
    return known as Answer;
  }

  #askRunner<Answer>(question: SqlQuestion): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) setImmediate(() => void this.#send());
      this.#waiting.push({ question, resolve, reject });
    });
  }

  async #send(): Promise<void> {
    const asked = this.#waiting;
    this.#waiting = [];
    try {
      const questions = asked.map(({ question }) => question);
      const answers = await this.#runner().call('analyse', { questions }, this.#signal);
      // The answers come in the order of the questions, each in its kind's form.
      for (const [index, { resolve }] of asked.entries()) resolve(answers[index] as never);
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
  }
}
