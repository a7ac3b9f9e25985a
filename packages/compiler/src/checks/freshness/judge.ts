import { formatDuration } from '@millrace/spec';

import type { CheckRule } from '../check-plan.ts';
import type { Verdict } from '../verdict.ts';

const MICROSECONDS_PER_SECOND = 1_000_000n;

export function judgeFreshness(
  { subject, within }: Extract<CheckRule, { kind: 'freshness' }>,
  newest: string | null,
  now: bigint,
): Verdict {
  const advice = 'See whether the source still delivers, or allow more time.';
  if (newest === null)
    return {
      isPassed: false,
      observed: 'no value',
      finding: `${subject} has no value to tell its age by`,
      advice,
    };
  const age = now - BigInt(newest);
  const seconds = age < 0n ? 0n : age / MICROSECONDS_PER_SECOND;
  const shown = formatDuration(seconds * MICROSECONDS_PER_SECOND);
  return {
    isPassed: age <= BigInt(within),
    observed: `${shown} old`,
    measure: Number(seconds),
    finding: `The newest value of ${subject} is ${shown} old; ${formatDuration(BigInt(within))} are allowed`,
    advice,
  };
}
