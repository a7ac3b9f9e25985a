import type { CheckRule, MeasuredValue } from '../check-plan.ts';
import { stillLearning, usualValue } from '../usual-value.ts';
import { requireValue, type Verdict } from '../verdict.ts';
import { asFigure, asPercent } from '../words.ts';

type Rule = Extract<CheckRule, { kind: 'distribution' }>;
type Values = ReadonlyMap<string, string | null>;

export function judgeDistribution(rule: Rule, values: Values, history: readonly number[]): Verdict {
  const { subject, value, min, max, maxChange, over } = rule;
  const isShare = value.kind === 'share';
  const shown = isShare ? asPercent : asFigure;
  const measure = measured(value, values);
  const advice = 'Look at the rows that came in, or correct the bounds.';
  if (measure === undefined) {
    const none = `${subject} cannot be told, because there are no values. It is judged again when there are.`;
    return { isPassed: true, observed: 'no values', finding: none, advice, skipped: capital(none) };
  }
  const about = { measure, observed: shown(measure), advice };
  const finding = capital(`${subject} is ${shown(measure)}`);
  const outside = outsideBounds(rule, measure, values);
  if (outside !== undefined) return { ...about, isPassed: false, finding: `${finding}, ${outside}` };
  if (maxChange === null) return { ...about, isPassed: true, finding };
  const usual = usualValue(history, over);
  if (usual.kind === 'learning') {
    const isJudged = min !== null || max !== null;
    return {
      ...about,
      isPassed: true,
      finding,
      ...(isJudged ? {} : { skipped: stillLearning('distribution', usual.runs) }),
    };
  }
  const limit = isShare ? maxChange : Math.abs(usual.median) * maxChange;
  return {
    ...about,
    // Shares are quotients; what differs in the last digit only is the same.
    isPassed: Math.abs(measure - usual.median) <= limit + Number.EPSILON * Math.abs(usual.median),
    finding: `${finding}, after a median of ${shown(usual.median)} in ${usual.runs} runs`,
  };
}

function measured(value: MeasuredValue, values: Values): number | undefined {
  switch (value.kind) {
    case 'share': {
      const whole = Number(requireValue(values, value.whole));
      return whole === 0 ? undefined : Number(requireValue(values, value.part)) / whole;
    }
    case 'number':
    case 'quantile': {
      const text = values.get(value.value);
      return text === null || text === undefined ? undefined : Number(text);
    }
  }
}

/** Which bound the measure breaks, in words. */
function outsideBounds({ value, min, max }: Rule, measure: number, values: Values): string | undefined {
  const shown = value.kind === 'share' ? asPercent : asFigure;
  if (value.kind !== 'quantile') {
    if (min !== null && measure < min) return `less than ${shown(min)}`;
    return max !== null && measure > max ? `more than ${shown(max)}` : undefined;
  }
  const needed = value.quantile * Number(requireValue(values, value.count));
  if (min !== null && value.belowMin !== null) {
    const below = Number(requireValue(values, value.belowMin));
    if (below > 0 && below >= needed) return `less than ${shown(min)}`;
  }
  if (max !== null && value.upToMax !== null) {
    const upTo = Number(requireValue(values, value.upToMax));
    if (upTo < Math.max(1, needed)) return `more than ${shown(max)}`;
  }
  return undefined;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
