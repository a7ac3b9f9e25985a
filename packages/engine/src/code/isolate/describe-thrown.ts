import type { CodeFailure } from '../sandbox-message.ts';
import { describeValue } from './describe-value.ts';

const SHOWN_STACK = 8 * 1024;
const SHOWN_MESSAGE = 2000;

/** What the code returned cannot be used: the reason, as a message for its author. */
export class Refusal extends Error {
  readonly kind: 'result' | 'value';

  constructor(kind: 'result' | 'value', message: string) {
    super(message);
    this.kind = kind;
  }
}

/** What was thrown, as text. Whatever it does while it is looked at, the limits of the isolate still hold. */
export function describeThrown(error: unknown): CodeFailure & { readonly stack: string } {
  if (error instanceof Refusal) {
    const message = error.message.slice(0, SHOWN_MESSAGE);
    return { kind: error.kind, message, row: null, line: null, column: null, stack: '' };
  }
  let message = 'it threw something that cannot be shown';
  let stack = '';
  try {
    if (error instanceof Error) {
      message = `${error.name}: ${error.message}`;
      stack = String(error.stack).slice(0, SHOWN_STACK);
    } else {
      message = `it threw ${describeValue(error)}; throw an Error, which knows its line`;
    }
  } catch {
    // The text above stands.
  }
  return {
    kind: 'thrown',
    message: message.slice(0, SHOWN_MESSAGE),
    row: null,
    line: null,
    column: null,
    stack,
  };
}
