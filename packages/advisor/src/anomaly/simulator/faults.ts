import { robustDeviation } from '../robust-statistics.ts';
import type { MetricKind, SeriesPoint } from '../series.ts';
import type { Random } from './seeded-random.ts';

/** A kind of accident, and how it shows in the figures of a table. */
export interface Fault {
  readonly name: string;
  readonly kind: MetricKind;
  /**
   * Puts the accident into a healthy series at `start`; returns the new values from there, or null where such an
   * accident cannot be seen. `until` is the point by which it must have been noticed.
   */
  readonly inject: (
    points: readonly SeriesPoint[],
    start: number,
    random: Random,
  ) => { readonly values: readonly number[]; readonly until: number } | null;
}

/** A change that stays must be noticed within so many points; afterwards it is the new normal. */
const NOTICED_WITHIN = 3;

export const FAULTS: readonly Fault[] = [
  brief(
    'nothing arrives',
    'rowCount',
    (random) => random.between(1, 3),
    () => () => 0,
  ),
  brief(
    'a part is missing',
    'rowCount',
    (random) => random.between(1, 4),
    (random) => {
      const share = random.between(0.15, 0.6);
      return (value) => Math.round(value * share);
    },
  ),
  brief(
    'loaded twice',
    'rowCount',
    (random) => random.between(1, 3),
    () => (value) => value * 2,
  ),
  brief(
    'burst',
    'rowCount',
    () => 1,
    (random) => {
      const factor = random.between(3, 10);
      return (value) => Math.round(value * factor);
    },
  ),
  lasting('a part stops coming', 'rowCount', (random) => {
    const share = random.between(0.35, 0.65);
    return (value) => Math.round(value * share);
  }),
  brief(
    'rows are lost, more each time',
    'rowCount',
    (random) => random.between(8, 14),
    (random) => {
      const kept = random.between(0.88, 0.94);
      return (value, step) => Math.round(value * kept ** (step + 1));
    },
  ),
  {
    name: "another day's rows",
    kind: 'rowCount',
    inject(points, start) {
      const value = points[start]?.value ?? 0;
      const other = [2, 3, 4].map((days) => points[start - days]?.value ?? 0);
      const wrong = other.find(
        (candidate) => Math.max(candidate, value) > 1.5 * Math.min(candidate, value) + 20,
      );
      return wrong === undefined ? null : { values: [wrong], until: start + 1 };
    },
  },
  brief(
    'NULLs where values were',
    'nullShare',
    (random) => random.between(1, 4),
    (random) => {
      const added = random.between(0.15, 0.6);
      return (value) => value + (1 - value) * added;
    },
  ),
  lasting('a column is empty', 'nullShare', () => () => 1),
  brief(
    'nothing new',
    'freshness',
    (random) => random.between(2, 6),
    () => (value, step) => value + (step + 1) * 86_400,
  ),
  {
    name: 'values of another kind',
    kind: 'distribution',
    inject(points, start, random) {
      const before = points.slice(0, start).map(({ value }) => value);
      const distance = random.between(6, 15) * robustDeviation(before) * (random.uniform() < 0.5 ? -1 : 1);
      const length = Math.floor(random.between(1, 4));
      return {
        values: points.slice(start, start + length).map(({ value }) => value + distance),
        until: start + length,
      };
    },
  },
  brief(
    'slow',
    'duration',
    (random) => random.between(1, 4),
    (random) => {
      const factor = random.between(2, 5);
      return (value) => value * factor;
    },
  ),
];

type Distort = (random: Random) => (value: number, step: number) => number;

function brief(
  name: string,
  kind: MetricKind,
  duration: (random: Random) => number,
  distort: Distort,
): Fault {
  return {
    name,
    kind,
    inject(points, start, random) {
      const length = Math.floor(duration(random));
      const change = distort(random);
      return visible(points, start, start + length, start + length, change);
    },
  };
}

function lasting(name: string, kind: MetricKind, distort: Distort): Fault {
  return {
    name,
    kind,
    inject: (points, start, random) =>
      visible(points, start, points.length, start + NOTICED_WITHIN, distort(random)),
  };
}

function visible(
  points: readonly SeriesPoint[],
  start: number,
  end: number,
  until: number,
  change: (value: number, step: number) => number,
): ReturnType<Fault['inject']> {
  const window = points.slice(start, end);
  const values = window.map(({ value }, step) => change(value, step));
  // Half of nothing is nothing, on a Sunday for instance.
  const isSeen = window.slice(0, until - start).some(({ value }, step) => value !== values[step]);
  return isSeen ? { values, until } : null;
}
