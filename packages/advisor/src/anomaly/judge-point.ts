import { alignRegimes, type FormerLevel } from './align-regimes.ts';
import type { AnomalyVerdict, ExpectedRange } from './anomaly-verdict.ts';
import { fitBaseline, medianGap, type Baseline, type ScaledPoint } from './baseline.ts';
import { explainAnomaly, explainLearning, explainNormal } from './explain-verdict.ts';
import { metricScale, type MetricScale } from './metric-scale.ts';
import { median } from './robust-statistics.ts';
import { hourOf, isWeekend, monthEdge } from './season.ts';
import type { MetricKind, SeriesPoint } from './series.ts';

/** With fewer points of history nothing is called an anomaly. */
const MIN_POINTS = 14;
/** Older points than this say nothing about now. */
const WINDOW_DAYS = 84;
const MAX_POINTS = 504;
/** Spreads around the prediction that are normal, plus what few points add. */
const SPREADS = 4.5;
const FEW_POINTS = 5;
/** Enough to know whether figures move by chance. */
const SETTLED_POINTS = 28;
/** So long after a change of level, the old one is no surprise either. */
const RETURN_POINTS = 28;
const MS_PER_DAY = 86_400_000;

/**
 * Judges the newest point of a series by the points before it, which are in the order of time. The point itself is no
 * part of its baseline, and neither are points that were anomalous, unless three running made a new level.
 */
export function judgePoint(
  kind: MetricKind,
  history: readonly SeriesPoint[],
  point: SeriesPoint,
): AnomalyVerdict {
  const now = Date.parse(point.at);
  const recent = recentPoints(history, now);
  const scale = metricScale(
    kind,
    recent.map(({ value }) => value),
  );
  const points = recent.map(({ at, value, wasAnomalous }): ScaledPoint => ({
    at: Date.parse(at),
    y: scale.forward(value),
    isFlagged: wasAnomalous === true,
  }));
  const missing = missingPoints(points, now);
  if (missing > 0)
    return { state: 'learning', expected: null, reason: explainLearning(history.length, missing) };
  const aligned = alignRegimes(points, scale);
  const baseline = fitBaseline(aligned.points, scale);
  const center = baseline.predict(now);
  const distance = scale.forward(point.value) - center;
  const bound = normalDistance(baseline, center, scale);
  const expected: ExpectedRange = {
    low: scale.isOneSided ? Math.min(0, scale.backward(center - bound)) : scale.backward(center - bound),
    high: scale.backward(center + bound),
  };
  const told = { kind, point, expected, baseline };
  if (Math.abs(distance) <= bound || (scale.isOneSided && distance < 0))
    return { state: 'normal', expected, reason: explainNormal(told) };
  const excuse =
    sameAsBefore(aligned.formerLevels, baseline, distance, bound) ??
    sameAtMonthEdge(aligned.points, baseline, distance, now);
  if (excuse !== null) return { state: 'normal', expected, reason: `${explainNormal(told)} ${excuse}` };
  return { state: 'anomalous', expected, reason: explainAnomaly(told) };
}

/** Judges every point of a series as it would have been judged when it was the newest. */
export function judgeSeries(kind: MetricKind, points: readonly SeriesPoint[]): readonly AnomalyVerdict[] {
  const history: SeriesPoint[] = [];
  return points.map((point) => {
    const verdict = judgePoint(kind, history, point);
    history.push({ ...point, wasAnomalous: verdict.state === 'anomalous' });
    return verdict;
  });
}

function recentPoints(history: readonly SeriesPoint[], now: number): readonly SeriesPoint[] {
  const since = now - WINDOW_DAYS * MS_PER_DAY;
  const window = history.filter((point) => Date.parse(point.at) >= since).slice(-MAX_POINTS);
  // A series of months or quarters has its few points anyway.
  return window.length >= 2 * MIN_POINTS ? window : history.slice(-4 * MIN_POINTS);
}

/** How many points are still missing before this one can be judged. */
function missingPoints(points: readonly ScaledPoint[], now: number): number {
  const missing = MIN_POINTS - points.filter((point) => !point.isFlagged).length;
  const at = points.map((point) => point.at);
  if (missing > 0 || medianGap(at) > 0.5 * MS_PER_DAY) return missing;
  // A night or a weekend that was never seen is no fault.
  const alike = at.filter((time) => hourOf(time) === hourOf(now) && isWeekend(time) === isWeekend(now));
  return 2 - alike.length;
}

function normalDistance(baseline: Baseline, center: number, scale: MetricScale): number {
  const chance = scale.chanceSpread(center);
  // A count that keeps stiller than chance would let it is not left to chance.
  const isChance = baseline.points < SETTLED_POINTS || baseline.spread > chance / 4;
  const spread = isChance ? Math.max(baseline.spread, chance) : baseline.spread;
  return Math.max(SPREADS * (1 + FEW_POINTS / baseline.points) * spread, scale.floor);
}

function sameAsBefore(
  formerLevels: readonly FormerLevel[],
  baseline: Baseline,
  distance: number,
  bound: number,
): string | null {
  const level = formerLevels.find(
    ({ points, pointsSince }) =>
      pointsSince <= RETURN_POINTS &&
      Math.abs(distance - median(points.map(({ at, y }) => y - baseline.predict(at)))) <= bound,
  );
  if (level === undefined) return null;
  return `It is back where it was before ${new Date(level.leftAt).toISOString().slice(0, 10)}.`;
}

/** What the last turn of a month did too, in the same direction and at least half as far. */
function sameAtMonthEdge(
  points: readonly ScaledPoint[],
  baseline: Baseline,
  distance: number,
  now: number,
): string | null {
  const edge = monthEdge(now);
  if (edge === 0 || medianGap(points.map((point) => point.at)) < 0.5 * MS_PER_DAY) return null;
  const alike = points.filter((point) => monthEdge(point.at) === edge && now - point.at > 20 * MS_PER_DAY);
  const repeats = alike.some(({ at, y }) => (y - baseline.predict(at)) / distance >= 0.5);
  return repeats ? 'The last turn of a month looked the same.' : null;
}
