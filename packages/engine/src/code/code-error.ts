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
  /** A row of the batch by its key; empty when it has none. */
  readonly nameOf?: (index: number) => string;
}

/** The failure of user code as a PipelineError that names step, file, line and row; `range` is the batch in work. */
export function toCodeError(failure: CodeFailure, place: CodePlace, range: RowRange | null): PipelineError {
  const code = codeOf(failure.kind);
  const reason = explainFailure(failure, place.limits, range);
  if (code === 'internal') return sandboxError(`Step ${place.step}: ${reason}`);
  const at =
    failure.line === null ? '' : `:${failure.line}${failure.column === null ? '' : `:${failure.column}`}`;
  return codeError(code, place, `${place.fileName}${at}${rowText(failure.row, range)}: ${reason}`);
}

function codeOf(kind: CodeFailure['kind']): PipelineErrorCode {
  switch (kind) {
    case 'syntax':
    case 'import':
    case 'export':
      return 'codeInvalid';
    case 'thrown':
    case 'result':
    case 'value':
      return 'codeFailed';
    case 'timeout':
      return 'codeTimeout';
    case 'memory':
      return 'codeOutOfMemory';
    case 'sandbox':
      return 'internal';
  }
}

/** The reason and the next step, without the place; `range` is null while the file is loaded. */
export function explainFailure(
  { kind, message }: Pick<CodeFailure, 'kind' | 'message'>,
  limits: CodeLimits,
  range: RowRange | null,
): string {
  switch (kind) {
    case 'syntax':
      return `${message}. Correct the file; enums, namespaces and parameter properties are not available.`;
    case 'import':
      return `it imports ${message}, and a code step has no modules. Put what it needs into the file itself; types need no import.`;
    case 'export':
      return `${message}. Write export default function (row, context) { … }.`;
    case 'thrown':
      return `${ended(message)} ${thrownAdvice(message, range)}`;
    case 'result':
    case 'value':
      return ended(message);
    case 'timeout': {
      const look = 'Look for an endless loop or a regular expression that backtracks';
      const within = `did not end within ${limits.timeoutMs / 1000} s`;
      return range === null
        ? `loading the file ${within}. ${look} in what it does outside of its function.`
        : `the function ${within} for one batch. ${look}, or raise limits.timeout of the step.`;
    }
    case 'memory':
      return `the function needs more than ${Math.round(limits.memoryBytes / 2 ** 20)} MiB. Keep nothing between rows and return fewer rows at once, or raise limits.memory of the step.`;
    case 'sandbox':
      return `the sandbox failed: ${message}`;
  }
}

/** The function made several rows of one, where the step promises one at most. */
export function severalRows(place: CodePlace, row: number, range: RowRange): PipelineError {
  return codeError(
    'codeFailed',
    place,
    `${place.fileName}${rowText(row, range)}: it returned several rows for one, and the key of the step is that of its input. Name the columns that identify a row of the result under key, or write key: [] when none do.`,
  );
}

/** The end of the sandbox's process, where a reply was expected, as a PipelineError. */
export function toEndError(end: SandboxEnd, place: CodePlace, range: RowRange | null): PipelineError {
  const failure = failureOf(end);
  if (failure.kind !== 'sandbox') return toCodeError(failure, place, range);
  return sandboxError(
    `Step ${place.step}: the sandbox of ${place.fileName} ended with ${end.signal ?? end.exitCode ?? 'no exit code'}${rowText(null, range)}: ${failure.message}`,
  );
}

/** What the end of the sandbox's process tells of the code. */
export function failureOf(end: SandboxEnd): CodeFailure {
  // V8 aborts when it cannot allocate, and Linux kills whoever takes the last memory.
  const isMemory =
    /out of memory|allocation failed|memory limit/i.test(end.stderr) ||
    ['SIGABRT', 'SIGTRAP', 'SIGILL', 'SIGKILL', 'SIGSEGV'].includes(end.signal ?? '') ||
    end.exitCode === 134;
  const kind = end.isOverdue ? 'timeout' : isMemory ? 'memory' : 'sandbox';
  return { kind, message: end.stderr.trim() || 'it said nothing', row: null, line: null, column: null };
}

function sandboxError(message: string): PipelineError {
  return new PipelineError({ code: 'internal', blame: 'platform', retry: 'never', message });
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
  const single = row ?? (range.first === range.last ? 0 : null);
  if (single !== null) {
    const name = range.nameOf?.(single) ?? '';
    return `, row ${range.first + single} of its input${name === '' ? '' : ` (${name})`}`;
  }
  return `, rows ${range.first} to ${range.last} of its input`;
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
