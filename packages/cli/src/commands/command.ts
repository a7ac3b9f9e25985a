import type { CommandInput } from '../session/command-input.ts';
import type { ExitCode } from '../session/exit-code.ts';
import type { Session } from '../session/session.ts';

export type Action = (session: Session, input: CommandInput) => Promise<ExitCode>;

/** Names that shells complete from the project. */
export type CompletedName = 'pipeline' | 'connection' | 'connector' | 'secret' | 'run' | 'shell';

export interface CommandArgument {
  readonly name: string;
  readonly description: string;
  readonly isOptional?: true;
  readonly completes?: CompletedName;
}

export interface CommandOption {
  /** As commander reads it: `--to <run>`. */
  readonly flags: string;
  readonly description: string;
  /** May be given several times. */
  readonly isRepeatable?: true;
}

/**
 * One command as data: help, parsing and completion are made from it. Declaring imports nothing; `load` imports what
 * the command needs, so that `--help` stays fast.
 */
export interface CommandDeclaration {
  /** `run`, or `connections add`. */
  readonly name: string;
  readonly summary: string;
  readonly arguments: readonly CommandArgument[];
  readonly options: readonly CommandOption[];
  readonly examples: readonly string[];
  /** True when it will need the runner process: it starts while the command's own modules load. */
  readonly usesRunner: boolean;
  readonly load: () => Promise<Action>;
}
