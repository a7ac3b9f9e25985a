import type { Operation, OperationContext, Runner } from '@millrace/control-plane';
import type { RunEvent } from '@millrace/engine';
import type { z } from 'zod';

import type { Paint } from '../terminal/paint.ts';
import type { Process } from './process.ts';

/** What an action works with: operations, and ways to say their results. */
export interface Session {
  readonly process: Process;
  readonly context: OperationContext;
  readonly startRunner: () => Runner;
  readonly isJson: boolean;
  readonly paint: Paint;
  /** Set before `call` to see the events of a run. */
  watch: ((event: RunEvent) => void) | undefined;
  readonly call: <Output extends z.ZodType>(
    operation: Operation<string, z.ZodType, Output>,
    input: unknown,
  ) => Promise<z.output<Output>>;
  /** Of the server that the command works through; undefined when it works by itself. */
  readonly serverUrl: () => string | undefined;
  /** The text of a document as diagnostics name it; empty when it is not on this machine. */
  readonly textOf: (file: string) => string;
  /** Prints the result: the JSON document for programs, else the text. */
  readonly answer: (json: unknown, text: () => string) => void;
  /** Prints a line for people only; on standard error, so that results stay clean. */
  readonly remark: (text: string) => void;
}
