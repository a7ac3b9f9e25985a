/** Answers by question, the least recently asked forgotten first once they outgrow a number of characters. */
export class AnswerMemory<Answer> {
  readonly #limit: number;
  readonly #answers = new Map<string, Promise<Answer>>();
  #characters = 0;

  constructor(limitCharacters: number) {
    this.#limit = limitCharacters;
  }

  /** The answer that is known or under way, else what `ask` gives; a failure is not kept. */
  recall(question: string, ask: () => Promise<Answer>): Promise<Answer> {
    const known = this.#answers.get(question);
    if (known !== undefined) {
      this.#answers.delete(question);
      this.#answers.set(question, known);
      return known;
    }
    const answer = ask();
    answer.catch(() => this.forget(question));
    this.#answers.set(question, answer);
    this.#characters += question.length;
    this.#shrink();
    return answer;
  }

  forget(question: string): void {
    if (this.#answers.delete(question)) this.#characters -= question.length;
  }

  #shrink(): void {
    for (const oldest of this.#answers.keys()) {
      if (this.#characters <= this.#limit) return;
      this.forget(oldest);
    }
  }
}
