import { toStagingError } from '../stage/staging-error.ts';

/** Errors that follow from values and expressions, not from files, memory or the machine. */
const OF_VALUES = /^(?:Conversion|Out of Range|Invalid Input|Invalid Type|Mismatch Type|Binder) Error: /;

/** DuckDB's reason in one line when it is about values; any other error is thrown. */
export function valueError(error: unknown): string {
  if (!(error instanceof Error) || !OF_VALUES.test(error.message)) throw toStagingError(error);
  const [line = ''] = error.message.replace(OF_VALUES, '').split('\n');
  return /[.!?]$/.test(line) ? line : `${line}.`;
}
