/** What is known of the different values of a column. */
export interface DistinctEvidence {
  /** Values in all rows. */
  readonly present: number;
  /** DuckDB's HyperLogLog over all rows: 64 registers, so 13 % of standard error. */
  readonly sketch: number;
  /** Among the sampled rows: values, different ones, and those that occur once and twice. */
  readonly sampled: number;
  readonly distinct: number;
  readonly once: number;
  readonly twice: number;
}

/** Three standard errors of the sketch. */
const SKETCH_DOUBT = 0.4;

/**
 * How many different values there are. A sample alone misses rare values, the sketch alone is coarse: the sample's
 * estimate (Chao's, for drawing without putting back) holds where the sketch does not contradict it.
 */
export function estimateDistinct(evidence: DistinctEvidence): number {
  const { present, sketch, sampled, distinct, once, twice } = evidence;
  if (sampled >= present) return distinct;
  const drawn = sampled / present;
  const doubt = 2 * twice + (drawn / (1 - drawn)) * once;
  const unseen = once === 0 ? 0 : (once * once) / doubt;
  const estimate = distinct + unseen;
  const isLikely = Math.abs(estimate - sketch) <= SKETCH_DOUBT * sketch;
  return Math.min(present, Math.max(distinct, Math.round(isLikely ? estimate : sketch)));
}
