import { type Batch, PipelineError, throwIfCancelled } from '@millrace/connector-sdk';
import type { Field } from '@millrace/spec';

import { type CodePlace, type RowRange, toCodeError, toEndError } from './code-error.ts';
import type { Frame } from './frame.ts';
import { SandboxEndedError, SandboxProcess } from './sandbox-process.ts';
import { buffersOf, columnsOf, type PackedBatch, shapesOf } from './packed-batch.ts';
import { parseReply } from './parse-reply.ts';
import type { CodeLimits, CodeLogLine, CodeMode, SandboxReply } from './sandbox-message.ts';
import { unpackBatch, unpackOrigins } from './unpack-batch.ts';

const MIN_FRAME_BYTES = 64 * 1024 * 1024;
/** Starting Node and loading the addon, on a busy machine. */
const START_MS = 30_000;
/** Lines of one step that reach the run's log. */
const MAX_LOG_LINES = 1000;

/** A line that user code wrote, with its row of the step's input (counted from 1) where it has one. */
export interface CodeLogRecord extends Omit<CodeLogLine, 'row'> {
  readonly step: string;
  readonly row: number | null;
}

export interface CodeRunnerOptions {
  /** The step's name, for messages. */
  readonly step: string;
  /** TypeScript whose types can be left out. */
  readonly source: string;
  /** As the document names it, for messages. */
  readonly fileName: string;
  readonly mode: CodeMode;
  readonly inputFields: readonly Field[];
  readonly outputFields: readonly Field[];
  /** Whether the row of the batch is told that each row of output comes from. Default no. */
  readonly hasOrigins?: boolean;
  readonly limits: CodeLimits;
  readonly onLog?: (record: CodeLogRecord) => void;
}

/** What differs from batch to batch. */
export interface BatchOptions {
  /** A row of the batch by its key, for messages. */
  readonly nameOf?: (index: number) => string;
  /** In place of that of the runner. */
  readonly onLog?: CodeRunnerOptions['onLog'];
}

/** A part of what the code makes of a batch. */
export interface CodeOutput {
  readonly batch: Batch;
  /** By row of output, the index of its row in the batch that went in; they never decrease. Null when not asked for. */
  readonly origins: Int32Array | null;
}

/** User code in a sandbox of its own, ready for batches. */
export class CodeRunner {
  readonly #options: CodeRunnerOptions;
  readonly #sandbox: SandboxProcess;
  readonly #signal: AbortSignal;
  readonly #cancel: () => void;
  #logLines = 0;
  #unwrittenLogs = 0;

  private constructor(options: CodeRunnerOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
    this.#sandbox = new SandboxProcess(Math.max(MIN_FRAME_BYTES, options.limits.memoryBytes * 2));
    this.#cancel = () => this.#sandbox.kill();
    signal.addEventListener('abort', this.#cancel, { once: true });
  }

  /** Throws a PipelineError: `codeInvalid` when the file cannot be run, `codeFailed` when loading it throws. */
  static async open(options: CodeRunnerOptions, signal: AbortSignal): Promise<CodeRunner> {
    throwIfCancelled(signal);
    const runner = new CodeRunner(options, signal);
    try {
      await runner.#load();
      return runner;
    } catch (error) {
      await runner.close();
      throw error;
    }
  }

  /**
   * The rows that the code makes of a batch, in the order of its rows and in parts. `firstRow` is the number of its first
   * row in the step's input, counted from 1. Throws a PipelineError, after which the runner can only be closed.
   */
  async *run(
    input: PackedBatch,
    firstRow: number,
    { nameOf = () => '', onLog = this.#options.onLog }: BatchOptions = {},
  ): AsyncGenerator<CodeOutput> {
    const range: RowRange = { first: firstRow, last: firstRow + Math.max(0, input.rows - 1), nameOf };
    const header = { type: 'batch', rows: input.rows, columns: shapesOf(input) };
    this.#sandbox.send({ header, buffers: buffersOf(input) });
    for (;;) {
      const { reply, frame } = await this.#receive(this.#options.limits.timeoutMs, range);
      if (reply.type !== 'rows') throw this.#protocolError('a reply to another question', range);
      this.#report(reply.logs, reply.droppedLogs, firstRow, onLog);
      const columns = this.#columns(reply, frame, range);
      const output = this.#unpack({ rows: reply.rows, columns }, input.rows, range);
      if (output.batch.rows > 0) yield output;
      if (reply.isLast) return;
    }
  }

  /** Ends the sandbox; returns when its process is gone. */
  async close(): Promise<void> {
    this.#signal.removeEventListener('abort', this.#cancel);
    await this.#sandbox.close();
    if (this.#unwrittenLogs === 0) return;
    const text = `${this.#unwrittenLogs} more lines were not kept: a step keeps ${MAX_LOG_LINES}, and 100 for each batch.`;
    this.#options.onLog?.({ level: 'warn', step: this.#options.step, row: null, text });
    this.#unwrittenLogs = 0;
  }

  async #load(): Promise<void> {
    const { source, mode, inputFields, outputFields, hasOrigins = false, limits } = this.#options;
    const header = { type: 'open', source, mode, inputFields, outputFields, hasOrigins, limits };
    this.#sandbox.send({ header, buffers: [] });
    const { reply } = await this.#receive(START_MS + limits.timeoutMs, null);
    if (reply.type !== 'ready') throw this.#protocolError('a reply to another question', null);
    this.#report(reply.logs, 0, 1, this.#options.onLog);
  }

  async #receive(timeoutMs: number, range: RowRange | null): Promise<{ reply: SandboxReply; frame: Frame }> {
    try {
      const frame = await this.#sandbox.receive(timeoutMs);
      const reply = parseReply(frame.header);
      if (reply.type === 'failure') throw toCodeError(reply.failure, this.#place, range);
      return { reply, frame };
    } catch (error) {
      throwIfCancelled(this.#signal);
      if (error instanceof SandboxEndedError) throw toEndError(error.end, this.#place, range);
      if (error instanceof RangeError) throw this.#protocolError(error.message, range);
      throw error;
    }
  }

  #columns(
    reply: Extract<SandboxReply, { type: 'rows' }>,
    frame: Frame,
    range: RowRange,
  ): PackedBatch['columns'] {
    try {
      return columnsOf(reply.columns, frame.buffers);
    } catch (error) {
      throw this.#protocolError(String(error), range);
    }
  }

  #unpack({ rows, columns }: PackedBatch, inputRows: number, range: RowRange): CodeOutput {
    const { outputFields, hasOrigins = false } = this.#options;
    try {
      const returned = hasOrigins ? columns.slice(0, -1) : columns;
      return {
        batch: unpackBatch({ rows, columns: returned }, outputFields),
        origins: hasOrigins ? unpackOrigins(columns.at(-1), rows, inputRows) : null,
      };
    } catch (error) {
      throw this.#protocolError(error instanceof Error ? error.message : String(error), range);
    }
  }

  #report(
    lines: readonly CodeLogLine[],
    dropped: number,
    firstRow: number,
    onLog: CodeRunnerOptions['onLog'],
  ): void {
    const { step } = this.#options;
    this.#unwrittenLogs += dropped;
    for (const { level, row, text } of lines) {
      this.#logLines += 1;
      if (this.#logLines > MAX_LOG_LINES) this.#unwrittenLogs += 1;
      else onLog?.({ level, step, row: row === null ? null : firstRow + row, text });
    }
  }

  get #place(): CodePlace {
    return this.#options;
  }

  /** The sandbox sent what it never sends: it was tampered with, or has a bug. Nothing of it is used. */
  #protocolError(what: string, range: RowRange | null): PipelineError {
    this.#sandbox.kill();
    const rows = range === null ? '' : ` for rows ${range.first} to ${range.last}`;
    return new PipelineError({
      code: 'protocolViolation',
      blame: 'config',
      retry: 'never',
      message: `Step ${this.#options.step}: the sandbox of ${this.#options.fileName} sent what no code can return${rows}: ${what} Nothing of it was used; look at what the file does to built-in objects.`,
    });
  }
}

/** Starts a sandbox and loads the code into it; nothing of it runs but the file's top level. */
export function openCodeRunner(options: CodeRunnerOptions, signal: AbortSignal): Promise<CodeRunner> {
  return CodeRunner.open(options, signal);
}
