import type { MetricKind, SeriesPoint } from '../series.ts';
import { FAULTS } from './faults.ts';
import { healthySeries, SERIES_SHAPES } from './healthy-series.ts';
import { seededRandom } from './seeded-random.ts';

/** No accident happens before this share of a series: it is what a detector has to learn from. */
export const SETTLED_SHARE = 0.4;

/** A series with at most one accident. */
export interface SimulatedSeries {
  readonly shape: string;
  readonly kind: MetricKind;
  readonly points: readonly SeriesPoint[];
  /** The accident is visible at points from `start` up to `end`; null in a healthy series. */
  readonly fault: { readonly name: string; readonly start: number; readonly end: number } | null;
}

/** For every seed and shape one healthy series and one with each accident that the shape can show. */
export function simulate(seeds: readonly number[]): readonly SimulatedSeries[] {
  const series: SimulatedSeries[] = [];
  for (const seed of seeds) {
    SERIES_SHAPES.forEach((shape, shapeIndex) => {
      const described = { shape: shape.name, kind: shape.kind };
      const base = seed * 1_000_000 + shapeIndex * 1_000;
      series.push({ ...described, points: healthySeries(shape, base), fault: null });
      FAULTS.forEach((fault, faultIndex) => {
        if (fault.kind !== shape.kind) return;
        const points = healthySeries(shape, base + 1 + faultIndex);
        const random = seededRandom(base + 500 + faultIndex);
        const start = Math.floor(random.between(SETTLED_SHARE, 0.85) * points.length);
        const injected = fault.inject(points, start, random);
        if (injected === null) return;
        const faulty = points.map((point, index) => ({
          at: point.at,
          value: injected.values[index - start] ?? point.value,
        }));
        series.push({
          ...described,
          points: faulty,
          fault: { name: fault.name, start, end: injected.until },
        });
      });
    });
  }
  return series;
}
