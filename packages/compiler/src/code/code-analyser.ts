/** Why a text of TypeScript cannot be run. Found, not thrown: a person can mend it. */
export interface CodeProblem {
  /** The reason and the next step, without the place. */
  readonly message: string;
  /** Counted from 1; null when it is about the text as a whole. */
  readonly line: number | null;
  readonly column: number | null;
}

/** Answers whether TypeScript can be run as a code step; the data plane implements it with the sandbox itself. */
export interface CodeAnalyser {
  /** Loads the text as a run would, without a row; null when there is a function that can be called. */
  checkCode(text: string): Promise<CodeProblem | null>;
}
