import type { Field } from '@millrace/spec';

import type { ColumnShape } from './packed-batch.ts';

export type CodeMode = 'rows' | 'batches';

export interface CodeLimits {
  /** Of the isolate that the code runs in: its heap and its buffers. */
  readonly memoryBytes: number;
  /** For one batch, and for loading the file. */
  readonly timeoutMs: number;
}

/** Opens the code; answered by `ready` or `failure`. */
export interface OpenCommand {
  readonly type: 'open';
  readonly source: string;
  readonly mode: CodeMode;
  readonly inputFields: readonly Field[];
  readonly outputFields: readonly Field[];
  /** Whether a last column of int32 tells which row of the batch each row of output comes from. */
  readonly hasOrigins: boolean;
  readonly limits: CodeLimits;
}

/** Runs the code over rows; answered by `rows` until one is the last of the batch, or by `failure`. */
export interface BatchCommand {
  readonly type: 'batch';
  readonly rows: number;
  readonly columns: readonly ColumnShape[];
}

export type SandboxCommand = OpenCommand | BatchCommand;

/** A line that the code wrote with `console`. */
export interface CodeLogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  /** Index of the row in the batch, or null while the file is loaded. */
  readonly row: number | null;
  readonly text: string;
}

export interface CodeFailure {
  readonly kind:
    /** The text is no TypeScript that can be run by leaving its types out. */
    | 'syntax'
    /** It imports something. */
    | 'import'
    /** It exports no function as default. */
    | 'export'
    /** It threw. */
    | 'thrown'
    /** It returned something that is no row. */
    | 'result'
    /** It returned a value that its column cannot hold. */
    | 'value'
    | 'timeout'
    | 'memory'
    /** The sandbox itself failed. */
    | 'sandbox';
  readonly message: string;
  /** Index of the row in the batch, where it is known. */
  readonly row: number | null;
  readonly line: number | null;
  readonly column: number | null;
}

export interface ReadyReply {
  readonly type: 'ready';
  readonly logs: readonly CodeLogLine[];
}

export interface RowsReply {
  readonly type: 'rows';
  readonly rows: number;
  readonly columns: readonly ColumnShape[];
  readonly isLast: boolean;
  readonly logs: readonly CodeLogLine[];
  /** Lines beyond the bound of a batch, which are not among `logs`. */
  readonly droppedLogs: number;
}

export interface FailureReply {
  readonly type: 'failure';
  readonly failure: CodeFailure;
}

export type SandboxReply = ReadyReply | RowsReply | FailureReply;
