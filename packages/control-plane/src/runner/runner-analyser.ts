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

import type { Runner } from './runner-client.ts';
import type { SqlQuestion } from './runner-protocol.ts';

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

  #ask<Answer>(question: SqlQuestion): Promise<Answer> {
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
