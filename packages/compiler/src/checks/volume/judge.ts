import type { CheckRule } from '../check-plan.ts';
import { stillLearning, usualValue } from '../usual-value.ts';
import type { Verdict } from '../verdict.ts';
import { asCount, asFigure, asPercent } from '../words.ts';

export function judgeVolume(
  { maxDecrease, maxIncrease, over }: Extract<CheckRule, { kind: 'volume' }>,
  count: string,
  history: readonly number[],
): Verdict {
  const rows = Number(count);
  const usual = usualValue(history, over);
  const observed = `${asCount(count)} rows`;
  const about = {
    observed,
    measure: rows,
    advice: 'Look at what the source delivered, or widen the bounds.',
  };
  if (usual.kind === 'learning')
    return { ...about, isPassed: true, finding: observed, skipped: stillLearning('volume', usual.runs) };
  const isTooFew = maxDecrease !== null && rows < usual.median * (1 - maxDecrease);
  const isTooMany = maxIncrease !== null && rows > usual.median * (1 + maxIncrease);
  const change =
    usual.median === 0
      ? 'none'
      : `${asPercent(Math.abs(rows / usual.median - 1))} ${rows < usual.median ? 'fewer' : 'more'} than`;
  const comparison =
    usual.median === 0
      ? `after a median of 0 in ${usual.runs} runs`
      : `${change} the median of ${asFigure(usual.median)} of ${usual.runs} runs`;
  return {
    ...about,
    isPassed: !isTooFew && !isTooMany,
    finding: `There are ${observed}, ${comparison}`,
  };
}
