/** More in one question save nothing further, and the first answers can be worked on while others are found. */
const MOST_AT_ONCE = 500;

/** Collects questions and asks them together; while they are answered, the next ones are collected. */
export class TextBatch {
  readonly #ask: (texts: readonly string[]) => Promise<readonly string[]>;
  #waiting: Question[] = [];
  #isUnderWay = false;

  constructor(ask: (texts: readonly string[]) => Promise<readonly string[]>) {
    this.#ask = ask;
  }

  ask(text: string): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ text, resolve, reject });
      if (this.#isUnderWay) return;
      this.#isUnderWay = true;
      setImmediate(() => void this.#answerAll());
    });
  }

  async #answerAll(): Promise<void> {
    while (this.#waiting.length > 0) await this.#answer(this.#waiting.splice(0, MOST_AT_ONCE));
    this.#isUnderWay = false;
  }

  async #answer(questions: readonly Question[]): Promise<void> {
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
