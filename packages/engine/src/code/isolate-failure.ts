import type { Isolate } from 'isolated-vm';

import { CodeFailureError } from './code-failure-error.ts';
import type { CodeFailure } from './sandbox-message.ts';

/** The user's file in stack traces; the engine puts the real name in its place. */
export const USER_FILE = 'user-code.ts';

export function outOfMemory(row: number | null): CodeFailure {
  return { kind: 'memory', message: 'the memory limit was reached', row, line: null, column: null };
}

export function timedOut(row: number | null): CodeFailure {
  return { kind: 'timeout', message: 'the time limit was reached', row, line: null, column: null };
}

export function noFunction(): CodeFailureError {
  return new CodeFailureError({ kind: 'export', message: 'there is no function as default export' });
}

export function importFailure(specifier: string, source: string): CodeFailureError {
  const lines = source.split('\n');
  const index = lines.findIndex((line) => /\b(?:import|from)\b/.test(line) && line.includes(specifier));
  return new CodeFailureError({
    kind: 'import',
    message: JSON.stringify(specifier),
    line: index < 0 ? null : index + 1,
    column: index < 0 ? null : (lines[index] ?? '').indexOf(specifier) + 1,
  });
}

/** What isolated-vm threw, told apart by its message: it has no codes. */
export function toFailure(error: unknown, isolate: Isolate, row: number | null): CodeFailureError {
  if (error instanceof CodeFailureError) return error;
  const { message, stack = '', name } = error instanceof Error ? error : new Error(String(error));
  if (message === 'Script execution timed out.') return new CodeFailureError(timedOut(row));
  if (isolate.isDisposed || /memory limit|out of memory|Array buffer allocation failed/i.test(message)) {
    return new CodeFailureError(outOfMemory(row));
  }
  const compiled = /^([\s\S]*) \[user-code\.ts:(\d+):(\d+)\]$/.exec(message);
  if (compiled !== null) {
    return new CodeFailureError({
      kind: 'syntax',
      message: compiled[1] ?? message,
      line: Number(compiled[2]),
      column: Number(compiled[3]),
    });
  }
  return new CodeFailureError(located({ kind: 'thrown', message: `${name}: ${message}`, row, stack }));
}

/** Finds the topmost place in the user's file among the frames of a stack. */
export function located(
  failure: Partial<CodeFailure> & Pick<CodeFailure, 'kind' | 'message'> & { readonly stack?: string },
): CodeFailure {
  const { stack = '', ...rest } = failure;
  const frame = stack.split('\n').find((line) => /^\s+at /.test(line) && line.includes(`${USER_FILE}:`));
  const at = frame === undefined ? null : /user-code\.ts:(\d+):(\d+)/.exec(frame);
  return {
    row: null,
    ...rest,
    // The only trace that the limit leaves when one buffer would exceed it.
    kind: rest.message === 'RangeError: Array buffer allocation failed' ? 'memory' : rest.kind,
    line: at === null ? null : Number(at[1]),
    column: at === null ? null : Number(at[2]),
  };
}
