import type { CodeFailure } from './sandbox-message.ts';

/** A failure of user code on its way through the sandbox to the reply. */
export class CodeFailureError extends Error {
  readonly failure: CodeFailure;

  constructor(failure: Partial<CodeFailure> & Pick<CodeFailure, 'kind' | 'message'>) {
    super(failure.message);
    this.failure = { row: null, line: null, column: null, ...failure };
  }
}
