import type { ChildProcess } from 'node:child_process';

/** What a command sees of the process it runs in; a test gives another. */
export interface Process {
  readonly arguments: readonly string[];
  readonly folder: string;
  /** Who runs it, by the name that this machine knows them by. */
  readonly user: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** True when standard output and standard error are a terminal. */
  readonly isTerminal: boolean;
  readonly isInputTerminal: boolean;
  readonly hasColours: boolean;
  readonly columns: number;
  readonly rows: number;
  /** Fires when a person or a supervisor wants the command to end. */
  readonly signal: AbortSignal;
  readonly writeOut: (text: string) => void;
  readonly writeErr: (text: string) => void;
  readonly readInput: () => Promise<string>;
  /** Starts a runner that works in this folder: relative paths in connections start there. */
  readonly startRunner: (folder: string) => ChildProcess;
}
