import type { ExpectedRange } from './anomaly-verdict.ts';
import type { Baseline } from './baseline.ts';
import { describeSeason } from './season.ts';
import type { MetricKind, SeriesPoint } from './series.ts';

interface Told {
  readonly kind: MetricKind;
  readonly point: SeriesPoint;
  readonly expected: ExpectedRange;
  readonly baseline: Baseline;
}

export function explainLearning(points: number, missing: number): string {
  const needed = `${missing} more ${missing === 1 ? 'point is' : 'points are'} needed`;
  return `Still learning: ${needed} beside the ${points} there are.`;
}

export function explainNormal(told: Told): string {
  const { kind, point, expected } = told;
  const isInside = point.value >= expected.low && point.value <= expected.high;
  return `${amount(kind, point.value)}, ${isInside ? 'within' : 'outside of'} ${expectation(told)}.`;
}

export function explainAnomaly(told: Told): string {
  const { kind, point, expected } = told;
  const isLow = point.value < expected.low;
  const distance = missedBy(kind, point.value, isLow ? expected.low : expected.high);
  return `${amount(kind, point.value)}, ${distance}${isLow ? 'below' : 'above'} ${expectation(told)}.`;
}

function expectation({ kind, point, expected, baseline }: Told): string {
  const season = describeSeason(baseline.season, Date.parse(point.at));
  return `the ${bare(kind, expected.low)} to ${bare(kind, expected.high)} expected${season} from ${baseline.points} earlier points`;
}

function missedBy(kind: MetricKind, value: number, bound: number): string {
  if (kind === 'nullShare') return `${(100 * Math.abs(value - bound)).toFixed(1)} points `;
  if (kind === 'distribution') return `${bare(kind, Math.abs(value - bound))} `;
  if (bound === 0) return '';
  if (value > 2 * bound) return `a factor of ${(value / bound).toFixed(1)} `;
  return `${Math.ceil(100 * Math.abs(value / bound - 1))} % `;
}

function amount(kind: MetricKind, value: number): string {
  const unit = {
    rowCount: ' rows',
    nullShare: ' NULLs',
    freshness: ' old',
    distribution: '',
    duration: ' run time',
  };
  return `${bare(kind, value)}${unit[kind]}`;
}

function bare(kind: MetricKind, value: number): string {
  switch (kind) {
    case 'rowCount':
      return Math.round(value).toLocaleString('en-US');
    case 'nullShare':
      return `${(100 * value).toFixed(value < 0.1 ? 2 : 1)} %`;
    case 'freshness':
    case 'duration':
      return seconds(value);
    case 'distribution':
      return String(Number(value.toPrecision(4)));
  }
}

function seconds(value: number): string {
  if (value < 120) return `${Number(value.toPrecision(3))} s`;
  if (value < 7_200) return `${Math.round(value / 60)} min`;
  return value < 172_800 ? `${(value / 3_600).toFixed(1)} h` : `${(value / 86_400).toFixed(1)} d`;
}
