import type { Field } from '@millrace/spec';

/** What the statements of a plan answered, and what else judging needs. */
export interface CheckFacts {
  /** Results by name. */
  readonly values: ReadonlyMap<string, string | null>;
  /** Why a result is not there, by name. */
  readonly errors: ReadonlyMap<string, string>;
  /** The columns as they are. */
  readonly fields: readonly Field[];
  /** `measure` of earlier results by the check's name, the latest last. */
  readonly history: ReadonlyMap<string, readonly number[]>;
  /** The time of the run in microseconds since 1970. */
  readonly now: bigint;
  /** Failing rows by the check's name. */
  readonly examples: ReadonlyMap<string, readonly Readonly<Record<string, string | null>>[]>;
  /** Rows that fail and were released or discarded by hand, by the check's name. */
  readonly decided?: ReadonlyMap<string, bigint>;
}
