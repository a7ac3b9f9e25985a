import type { CheckRule } from '../check-plan.ts';
import type { Verdict } from '../verdict.ts';
import { asCount } from '../words.ts';

export function judgeRowCount(
  { min, max }: Extract<CheckRule, { kind: 'rowCount' }>,
  count: string,
): Verdict {
  const rows = BigInt(count);
  const isTooFew = min !== null && rows < BigInt(min);
  const isTooMany = max !== null && rows > BigInt(max);
  const observed = `${asCount(rows)} ${rows === 1n ? 'row' : 'rows'}`;
  const bound = isTooFew
    ? `, fewer than ${asCount(String(min))}`
    : isTooMany
      ? `, more than ${asCount(String(max))}`
      : '';
  return {
    isPassed: !isTooFew && !isTooMany,
    observed,
    measure: Number(rows),
    finding: `There ${rows === 1n ? 'is' : 'are'} ${observed}${bound}`,
    advice: 'Look at what the source delivered, or correct the bounds.',
  };
}
