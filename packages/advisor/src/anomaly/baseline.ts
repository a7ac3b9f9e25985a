import type { MetricScale } from './metric-scale.ts';
import { meanAbsolute, median, recentSpread, theilSenSlope } from './robust-statistics.ts';
import {
  fitSeason,
  seasonAt,
  seasonParameters,
  seasonShapes,
  type SeasonEffects,
  type SeasonShape,
} from './season.ts';

const MS_PER_DAY = 86_400_000;
/** Points of the recent past that make the level; odd, so that it never lies between two levels. */
export const LEVEL_POINTS = 11;
/** And the spread. */
const SPREAD_POINTS = 28;
/** A season must leave less than this share of what is unexplained without it. */
const SEASON_GAIN = 0.8;
/** Slopes come from days so many weeks apart. */
const SLOPE_PERIOD_DAYS = 7;

/** A point on the metric's scale; `at` in milliseconds. */
export interface ScaledPoint {
  readonly at: number;
  readonly y: number;
  readonly isFlagged: boolean;
}

/** What a series does when nothing is wrong: level, trend and season, with the spread around them. */
export interface Baseline {
  readonly season: SeasonShape;
  readonly spread: number;
  /** Points that it was made from. */
  readonly points: number;
  readonly predict: (at: number) => number;
}

/** Fits the points that are not flagged; the caller leaves out the point to be judged. */
export function fitBaseline(points: readonly ScaledPoint[], scale: MetricScale): Baseline {
  const kept = points.filter((point) => !point.isFlagged);
  const at = kept.map((point) => point.at);
  const y = kept.map((point) => point.y);
  const start = at[0] ?? 0;
  const fits: Fit[] = [];
  for (const shape of seasonShapes(medianGap(at), (at.at(-1) ?? start) - start)) {
    const fit = fitShape(shape, at, y, start, scale);
    if (fit.parameters * 2 <= kept.length) fits.push(fit);
  }
  let best = fits[0];
  for (const fit of fits.slice(1))
    if (best !== undefined && fit.unexplained < SEASON_GAIN * best.unexplained) best = fit;
  if (best === undefined) throw new TypeError('A baseline without season can always be fitted.');
  const { shape, effects, slope, residuals, parameters } = best;
  const level = median(residuals.slice(-LEVEL_POINTS));
  return {
    season: shape,
    spread: Math.max(
      recentSpread(residuals.slice(-SPREAD_POINTS)) * freedom(kept.length, parameters),
      scale.minSpread,
    ),
    points: kept.length,
    predict: (time) => level + seasonAt(shape, effects, time) + (slope * (time - start)) / MS_PER_DAY,
  };
}

interface Fit {
  readonly shape: SeasonShape;
  readonly effects: SeasonEffects;
  /** Per day. */
  readonly slope: number;
  readonly residuals: readonly number[];
  readonly parameters: number;
  /** Mean absolute residual, made comparable between fits with more and with fewer parameters. */
  readonly unexplained: number;
}

function fitShape(
  shape: SeasonShape,
  at: readonly number[],
  y: readonly number[],
  start: number,
  scale: MetricScale,
): Fit {
  const center = median(y);
  let slope = 0;
  let effects: SeasonEffects = [];
  const trend = (index: number): number => (slope * ((at[index] ?? 0) - start)) / MS_PER_DAY;
  for (let round = 0; round < 2; round += 1) {
    effects = fitSeason(
      shape,
      at,
      y.map((value, index) => value - center - trend(index)),
    );
    const fitted = effects;
    slope = dailySlope(
      at,
      y.map((value, index) => value - seasonAt(shape, fitted, at[index] ?? 0)),
      scale.maxSlope,
    );
  }
  const residuals = y.map((value, index) => value - seasonAt(shape, effects, at[index] ?? 0) - trend(index));
  const parameters = seasonParameters(effects);
  const middle = median(residuals);
  return {
    shape,
    effects,
    slope,
    residuals,
    parameters,
    unexplained: meanAbsolute(residuals.map((value) => value - middle)) * freedom(y.length, parameters),
  };
}

/** How much larger the residuals of new points are, because the fit was free to follow these. */
function freedom(points: number, parameters: number): number {
  return Math.sqrt(points / Math.max(1, points - parameters));
}

/** The slope of the days' medians, so that a series of hours costs no more than one of days. */
function dailySlope(at: readonly number[], y: readonly number[], maxSlope: number): number {
  const days = new Map<number, number[]>();
  at.forEach((time, index) => {
    const day = Math.floor(time / MS_PER_DAY);
    const values = days.get(day);
    if (values === undefined) days.set(day, [y[index] ?? 0]);
    else values.push(y[index] ?? 0);
  });
  const slope = theilSenSlope([...days.keys()], [...days.values()].map(median), SLOPE_PERIOD_DAYS);
  return Math.min(maxSlope, Math.max(-maxSlope, slope));
}

/** The usual time between points; a day when there is none. */
export function medianGap(at: readonly number[]): number {
  if (at.length < 2) return MS_PER_DAY;
  return median(at.slice(1).map((time, index) => time - (at[index] ?? 0)));
}
