/** Collects the questions of one turn of the event loop and asks them together. */
export class TextBatch {
  readonly #ask: (texts: readonly string[]) => Promise<readonly string[]>;
  #waiting: Question[] = [];

  constructor(ask: (texts: readonly string[]) => Promise<readonly string[]>) {
    this.#ask = ask;
  }

  ask(text: string): Promise<string> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) setImmediate(() => void this.#flush());
      this.#waiting.push({ text, resolve, reject });
    });
  }

  async #flush(): Promise<void> {
    const questions = this.#waiting;
    this.#waiting = [];
    try {
      const answers = await this.#ask(questions.map(({ text }) => text));
      for (const [index, { resolve }] of questions.entries()) resolve(answers[index] ?? '');
    } catch (error) {
      if (questions.length > 1) {
        // One text can fail all of them; alone it fails itself.
        for (const { text, resolve, reject } of questions) {
          await this.#ask([text]).then(([answer = '']) => resolve(answer), reject);
        }
      } else questions[0]?.reject(error instanceof Error ? error : new Error(String(error)));
    }
  }
}

interface Question {
  readonly text: string;
  readonly resolve: (answer: string) => void;
  readonly reject: (error: Error) => void;
}
