import { PipelineError, type PipelineErrorCode } from '@millrace/connector-sdk';

import type { SandboxEnd } from './sandbox-process.ts';
import type { CodeFailure, CodeLimits } from './sandbox-message.ts';

/** What a message about user code can name. */
export interface CodePlace {
  readonly step: string;
  readonly fileName: string;
  readonly limits: CodeLimits;
}

/** Rows of the step's input, counted from 1. */
export interface RowRange {
  readonly first: number;
  readonly last: number;
}

/** The failure of user code as a PipelineError that names step, file, line and row; `range` is the batch in work. */
export function toCodeError(failure: CodeFailure, place: CodePlace, range: RowRange | null): PipelineError {
  const at =
    failure.line === null ? '' : `:${failure.line}${failure.column === null ? '' : `:${failure.column}`}`;
  const file = `${place.fileName}${at}`;
  const row = rowText(failure.row, range);
  switch (failure.kind) {
    case 'syntax':
      return codeError(
        'codeInvalid',
        place,
        `${file}: ${failure.message}. Correct the file; enums, namespaces and parameter properties are not available.`,
      );
    case 'import':
      return codeError(
        'codeInvalid',
        place,
        `${file}: it imports ${failure.message}, and a code step has no modules. Put what it needs into the file itself; types need no import.`,
      );
    case 'export':
      return codeError(
        'codeInvalid',
        place,
        `${file}: ${failure.message}. Write export default function (row, context) { … }.`,
      );
    case 'thrown':
      return codeError(
        'codeFailed',
        place,
        `${file}${row}: ${ended(failure.message)} ${thrownAdvice(failure.message, range)}`,
      );
    case 'result':
    case 'value':
      return codeError('codeFailed', place, `${file}${row}: ${ended(failure.message)}`);
    case 'timeout':
      return timeoutError(place, range, row);
    case 'memory':
      return memoryError(place, `${file}${row}`);
    case 'sandbox':
      return new PipelineError({
        code: 'internal',
        blame: 'platform',
        retry: 'never',
        message: `Step ${place.step}: the sandbox failed: ${failure.message}`,
      });
  }
}

/** The end of the sandbox's process, where a reply was expected, as a PipelineError. */
export function toEndError(end: SandboxEnd, place: CodePlace, range: RowRange | null): PipelineError {
  const row = rowText(null, range);
  if (end.isOverdue) return timeoutError(place, range, row);
  // V8 aborts when it cannot allocate, and Linux kills whoever takes the last memory.
  const isMemory =
    /out of memory|allocation failed|memory limit/i.test(end.stderr) ||
    ['SIGABRT', 'SIGTRAP', 'SIGILL', 'SIGKILL', 'SIGSEGV'].includes(end.signal ?? '') ||
    end.exitCode === 134;
  if (isMemory) return memoryError(place, `${place.fileName}${row}`);
  return new PipelineError({
    code: 'internal',
    blame: 'platform',
    retry: 'never',
    message: `Step ${place.step}: the sandbox of ${place.fileName} ended with ${end.signal ?? end.exitCode ?? 'no exit code'}${row}: ${end.stderr.trim() || 'it said nothing'}`,
  });
}

function timeoutError(place: CodePlace, range: RowRange | null, row: string): PipelineError {
  const what = range === null ? 'loading the file' : 'the function';
  const scope = range === null ? '' : ' for one batch';
  return codeError(
    'codeTimeout',
    place,
    `${place.fileName}${row}: ${what} did not end within ${place.limits.timeoutMs / 1000} s${scope}. Look for an endless loop or a regular expression that backtracks, or raise limits.timeout of the step.`,
  );
}

function memoryError(place: CodePlace, where: string): PipelineError {
  return codeError(
    'codeOutOfMemory',
    place,
    `${where}: the function needs more than ${Math.round(place.limits.memoryBytes / 2 ** 20)} MiB. Keep nothing between rows and return fewer rows at once, or raise limits.memory of the step.`,
  );
}

function codeError(code: PipelineErrorCode, place: CodePlace, message: string): PipelineError {
  return new PipelineError({
    code,
    blame: 'config',
    retry: 'never',
    message: `Step ${place.step}: ${message}`,
  });
}

function rowText(row: number | null, range: RowRange | null): string {
  if (range === null) return '';
  if (row !== null) return `, row ${range.first + row} of its input`;
  return range.first === range.last
    ? `, row ${range.first} of its input`
    : `, rows ${range.first} to ${range.last} of its input`;
}

const OUTSIDE =
  /\b(?:process|require|fetch|Buffer|setTimeout|setInterval|setImmediate|XMLHttpRequest|window|global|Deno|Bun|URL|TextEncoder|TextDecoder|crypto|performance|structuredClone|WebAssembly|SharedArrayBuffer|Atomics|WeakRef|FinalizationRegistry|module|exports) is not defined/;

function thrownAdvice(message: string, range: RowRange | null): string {
  if (OUTSIDE.test(message)) {
    return 'A code step has the language itself and its row: no files, no network, no clock, no modules.';
  }
  if (range === null) return 'Correct what the file does while it is loaded.';
  return 'Handle this row in the function, or filter it out before the step.';
}

function ended(message: string): string {
  return /[.!?]$/.test(message) ? message : `${message}.`;
}
