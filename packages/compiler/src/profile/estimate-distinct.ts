/** What is known of the different values of a column. */
export interface DistinctEvidence {
  /** Values in all rows. */
  readonly present: number;
  /** Different values among all rows whose hash is one of the lowest: that share of all hashes. */
  readonly kept: number;
  readonly share: number;
  /** Among the sampled rows: values, different ones, and those that occur once and twice. */
  readonly sampled: number;
  readonly distinct: number;
  readonly once: number;
  readonly twice: number;
}

/** Standard errors within which two estimates agree. */
const DOUBT = 3;
/** So many kept values are off by 5 %, and tell more than a sample. */
const MANY_KEPT = 400;
/** When so few of the sampled values occur once, hardly any value was missed. */
const FEW_ONCE = 0.05;
/** When so many of the values are different, nearly all are. */
const NEARLY_ALL = 0.9;

/**
 * How many different values there are. The sample alone misses rare values; the values that were kept by their hash stand
 * for all, which is coarse while they are few. The sample's estimate (Chao's, for drawing without putting back) decides
 * about few values and about unique ones, as long as the kept ones do not contradict it; in between the kept ones do, and
 * while they are few it is what there are at least.
 */
export function estimateDistinct(evidence: DistinctEvidence): number {
  const { present, kept, share, sampled, distinct, once, twice } = evidence;
  if (sampled >= present) return distinct;
  const drawn = sampled / present;
  const doubt = 2 * twice + (drawn / (1 - drawn)) * once;
  const estimate = distinct + (once === 0 ? 0 : (once * once) / doubt);
  const expected = Math.min(present, estimate) * share;
  const isLikely = Math.abs(kept - expected) <= DOUBT * Math.sqrt(Math.max(1, expected));
  const counted = kept / share;
  const isDecisive = once <= FEW_ONCE * distinct || estimate >= NEARLY_ALL * present;
  if (isLikely && isDecisive) return bounded(estimate);
  return bounded(!isLikely || kept >= MANY_KEPT ? counted : Math.max(estimate, counted));

  function bounded(count: number): number {
    return Math.min(present, Math.max(distinct, Math.round(count)));
  }
}
