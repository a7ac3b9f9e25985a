/** A value of a sample and how many rows have it. */
export interface ValueCount {
  readonly value: string;
  readonly count: number;
}

/** The least hashes of a column's distinct values: what two columns have in common can be told from two of these. */
export interface ValueSketch {
  /** 53 bits each, in order. Comparable only between sketches made by the same version of the same program. */
  readonly hashes: readonly number[];
  /** Every value whose hash is at most this is among them. */
  readonly upTo: number;
}

/** One column of a sample. Values are text, cut at 200 characters. */
export interface ColumnSample {
  readonly name: string;
  readonly nonNull: number;
  readonly distinct: number;
  /** In the order of the column's type; null without values or order. */
  readonly min: string | null;
  readonly max: string | null;
  /** Characters of the values' text; null without values. */
  readonly meanLength: number | null;
  readonly maxLength: number | null;
  /** The most frequent values, at most 20, most frequent first. */
  readonly top: readonly ValueCount[];
  /** Distinct values, at most 200, chosen by hash. */
  readonly values: readonly string[];
  readonly sketch: ValueSketch;
}

/** Two columns side by side, over the rows in which both have a value. */
export interface PairSample {
  readonly left: string;
  readonly right: string;
  readonly rows: number;
  /** Rows in which left is smaller, and in which it is larger. */
  readonly less: number;
  readonly greater: number;
  /** How far the order of the one is the order of the other, -1 to 1; null where it cannot be told. */
  readonly rankCorrelation: number | null;
}

/** What a bounded number of rows says about a table. */
export interface TableSample {
  readonly rows: number;
  /** True when these are all rows of the table. */
  readonly isComplete: boolean;
  readonly columns: readonly ColumnSample[];
  readonly pairs: readonly PairSample[];
}
