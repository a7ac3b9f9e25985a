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
/** When so few of the sampled values occur once, hardly any value was missed. */
const FEW_ONCE = 0.05;
/** When so many of the values are different, nearly all are. */
const NEARLY_ALL = 0.9;

/**
 * How many different values there are. The sample alone misses rare values, the sketch alone is coarse. The sample's
 * estimate (Chao's, for drawing without putting back) decides about few values and about unique ones, as long as the
 * sketch does not contradict it; in between it is what there are at least.
 */
export function estimateDistinct(evidence: DistinctEvidence): number {
  const { present, sketch, sampled, distinct, once, twice } = evidence;
  if (sampled >= present) return distinct;
  const drawn = sampled / present;
  const doubt = 2 * twice + (drawn / (1 - drawn)) * once;
  const estimate = distinct + (once === 0 ? 0 : (once * once) / doubt);
  const isLikely = Math.abs(estimate - sketch) <= SKETCH_DOUBT * sketch;
  const isDecisive = once <= FEW_ONCE * distinct || estimate >= NEARLY_ALL * present;
  const count = !isLikely ? sketch : isDecisive ? estimate : Math.max(estimate, sketch);
  return Math.min(present, Math.max(distinct, Math.round(count)));
}
