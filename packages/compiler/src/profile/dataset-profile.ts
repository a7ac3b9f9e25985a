/**
 * What the values of a dataset look like, as plain data: the same JSON is stored as history. Counts are whole numbers as
 * text; values are DuckDB's text of them, at most 200 characters. What comes from a sample says so.
 */
export interface DatasetProfile {
  readonly rows: string;
  /** Rows drawn at random for what is estimated; all rows when they are that few. */
  readonly sampledRows: string;
  readonly columns: readonly ColumnProfile[];
}

export interface ColumnProfile {
  readonly name: string;
  /** As `formatLogicalType` writes it. */
  readonly type: string;
  readonly nulls: string;
  /** Infinities and not-a-number; null for types without. They count in `nulls` no more than in what follows. */
  readonly nonFinite: string | null;
  /** Null where they were not counted. */
  readonly distinct: DistinctCount | null;
  /** Null where there is no value, and for types without an order that means something (JSON, bytes, uuid). */
  readonly min: string | null;
  readonly max: string | null;
  /** Of numbers, in floating point. */
  readonly mean: number | null;
  /** Standard deviation of a sample. */
  readonly deviation: number | null;
  /** Of numbers, dates and times, from the sampled rows; empty without values. */
  readonly quantiles: readonly Quantile[];
  /** Of texts in characters, of bytes in bytes. */
  readonly lengths: TextLengths | null;
  /** The most frequent values, from the sampled rows, most frequent first. */
  readonly top: readonly SampledShare[];
  /** The most frequent forms of texts, `A` for a capital, `a` for another letter, `9` for a digit; from the sampled rows. */
  readonly shapes: readonly SampledShare[];
  readonly histogram: Histogram | null;
}

export interface DistinctCount {
  readonly count: string;
  /** False for an estimate: close for few values, unique ones and many; mostly within 25 % for some thousands. */
  readonly isExact: boolean;
}

export interface Quantile {
  /** 0 to 1. */
  readonly at: number;
  readonly value: string;
}

export interface TextLengths {
  readonly min: number;
  readonly mean: number;
  readonly max: number;
}

export interface SampledShare {
  readonly value: string;
  /** Among the sampled rows that have a value. */
  readonly share: number;
}

/** Shares of the sampled values in bins of the same width from `min` to `max`. */
export interface Histogram {
  readonly shares: readonly number[];
}
