import type { CheckName } from '@millrace/spec';

/** What is checked of one dataset, as plain data: statements with names for their results, and rules that judge those. */
export interface CheckPlan {
  /** The step; statements read its rows by this name, and those of other steps by theirs. */
  readonly ref: string;
  readonly checks: readonly PlannedCheck[];
  /** Aggregates that one scan of the rows answers. */
  readonly aggregates: readonly CheckAggregate[];
  /** What a scan cannot answer: uniqueness, other steps, SQL of the document. */
  readonly queries: readonly CheckQuery[];
  /** How failing rows are told from the others; null when no check sets rows aside. */
  readonly split: CheckSplit | null;
}

/**
 * Which rows a check must see. `rows`: those that changed are enough, because what held for the others still holds.
 * `state`: all of them.
 */
export type CheckReads = 'rows' | 'state';

/** One value of the scan, as text. */
export interface CheckAggregate {
  readonly name: string;
  readonly sql: string;
  readonly reads: CheckReads;
}

/** One SELECT that gives one row of text values. */
export interface CheckQuery {
  readonly sql: string;
  /** Its columns. */
  readonly names: readonly string[];
  /** Other steps that it reads by their names. */
  readonly relations: readonly string[];
  /** A cheaper question to try first; null where there is none. */
  readonly denseKey: DenseKey | null;
}

/**
 * Integers that lie close together are proved different by one bit for each, ten times cheaper than by grouping them.
 * `min`, `max` and `present` name aggregates of the scan.
 */
export interface DenseKey {
  readonly column: string;
  readonly type: 'BIGINT' | 'UBIGINT';
  readonly min: string;
  readonly max: string;
  readonly present: string;
}

export interface CheckSplit {
  /** Rows that pass every check that sets rows aside, or were released from those that they fail. */
  readonly passing: string;
  /**
   * The others without those that were discarded: with `__millrace_row`, by which a row is recognised, and
   * `__millrace_checks` and `__millrace_reasons`, lists with an entry for each check that sets the row aside.
   */
  readonly failing: string;
  /** Other steps that both read by their names. */
  readonly relations: readonly string[];
  /** The relation of what people decided about single rows, which both read too. */
  readonly decided: string;
  /** One row of texts: `rows`, and of those `passed`, `aside` and `discarded`. */
  readonly counts: string;
  /** Gives one row with a text for each of `checks`: how many of the rows that fail it were released from it or discarded. */
  readonly decidedCounts: string;
  /** The checks that set rows aside, and how a decision names each. */
  readonly checks: readonly { readonly name: string; readonly id: string }[];
}

export type CheckAction = 'warn' | 'stop' | 'quarantine';

/** Null: no limit. */
export interface CheckThreshold {
  readonly maxRows: number | null;
  readonly maxShare: number | null;
}

export interface PlannedCheck {
  readonly check: CheckName;
  /** Unique in the step and stable between runs: its history goes by this name. */
  readonly name: string;
  readonly onFailure: CheckAction;
  readonly threshold: CheckThreshold;
  readonly severity: 'low' | 'medium' | 'high';
  readonly tags: readonly string[];
  readonly owner: string | null;
  readonly description: string | null;
  /** The columns it is about; empty when it is about the rows as a whole. */
  readonly columns: readonly string[];
  /** What must hold, for people. */
  readonly expected: string;
  readonly reads: CheckReads;
  readonly rule: CheckRule;
  /** Names of the aggregates and query results that the rule needs. */
  readonly needs: readonly string[];
  /** True of failing rows, null or false of others; null for a check that judges no single rows. */
  readonly failing: string | null;
  /** Failing rows for the message, asked for only when there are any. */
  readonly examples: CheckExamples | null;
}

export interface CheckExamples {
  /** A few rows of text values. */
  readonly sql: string;
  /** Those of its columns that show what is wrong; the others tell which row it is. */
  readonly shown: readonly string[];
  readonly relations: readonly string[];
}

/** How results become a verdict. Texts name aggregates or query results. */
export type CheckRule =
  /** Failing rows are counted. `fault` goes on after the subject: `is NULL`, `has values other than new, paid`. */
  | {
      readonly kind: 'failing';
      readonly subject: string;
      readonly fault: string;
      readonly failing: string;
      readonly rows: string;
      /** How many of them are due to each column, where there are several. */
      readonly byColumn: readonly { readonly column: string; readonly failing: string }[];
    }
  | {
      readonly kind: 'duplicates';
      readonly subject: string;
      readonly failing: string;
      readonly values: string;
      readonly rows: string;
    }
  /** Rows that a query of the document returned. */
  | { readonly kind: 'returned'; readonly subject: string; readonly failing: string; readonly rows: string }
  /** A condition over all rows. */
  | { readonly kind: 'holds'; readonly subject: string; readonly holds: string }
  | {
      readonly kind: 'rowCount';
      readonly rows: string;
      readonly min: number | null;
      readonly max: number | null;
    }
  | {
      readonly kind: 'volume';
      readonly rows: string;
      readonly maxDecrease: number | null;
      readonly maxIncrease: number | null;
      readonly over: number;
    }
  | {
      readonly kind: 'distribution';
      readonly subject: string;
      readonly value: MeasuredValue;
      readonly min: number | null;
      readonly max: number | null;
      readonly maxChange: number | null;
      readonly over: number;
    }
  | {
      readonly kind: 'freshness';
      readonly subject: string;
      /** Microseconds since 1970 in UTC. */
      readonly newest: string;
      /** Microseconds. */
      readonly within: string;
    }
  | {
      readonly kind: 'schema';
      /** Null for a type that does not matter. */
      readonly columns: readonly { readonly name: string; readonly type: string | null }[];
      readonly refusesOthers: boolean;
    }
  | {
      readonly kind: 'sums';
      readonly subject: string;
      readonly other: string;
      readonly left: string;
      readonly right: string;
      /** A decimal number; sums of floating-point numbers are compared as such. */
      readonly tolerance: string;
      readonly isExact: boolean;
    };

export type MeasuredValue =
  | { readonly kind: 'share'; readonly part: string; readonly whole: string }
  | { readonly kind: 'number'; readonly value: string }
  /**
   * A quantile: its value is approximate, and the bounds are judged by exact counts of the values below `min` and up to
   * `max`; null for a bound that is not set.
   */
  | {
      readonly kind: 'quantile';
      readonly quantile: number;
      readonly value: string;
      readonly count: string;
      readonly belowMin: string | null;
      readonly upToMax: string | null;
    };
