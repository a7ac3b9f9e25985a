import type { MetricKind } from './series.ts';

/** How values of a metric are compared: on a scale where the same fault is the same distance at every size. */
export interface MetricScale {
  readonly forward: (value: number) => number;
  readonly backward: (scaled: number) => number;
  /** Smaller distances are no news, however quiet the series was. */
  readonly floor: number;
  /** The least spread to assume. */
  readonly minSpread: number;
  /** Spread that values of this size have by chance alone. */
  readonly chanceSpread: (scaled: number) => number;
  /** True when smaller values than expected are not a fault. */
  readonly isOneSided: boolean;
  /** The largest change per day that counts as a trend. */
  readonly maxSlope: number;
}

const PER_MILLE = 1000;

const RATIO: MetricScale = {
  forward: (value) => Math.log1p(Math.max(0, value)),
  backward: (scaled) => Math.max(0, Math.expm1(scaled)),
  floor: 0.2,
  minSpread: 0.012,
  chanceSpread: () => 0,
  isOneSided: false,
  maxSlope: 0.02,
};

/** Counts and times compare by ratio, shares by ratio of their thousandths, other figures as they are. */
export function metricScale(kind: MetricKind, values: readonly number[]): MetricScale {
  switch (kind) {
    case 'rowCount':
      // A count is at least as uncertain as its own square root.
      return { ...RATIO, chanceSpread: (scaled) => Math.exp(-scaled / 2) };
    case 'duration':
      return { ...RATIO, isOneSided: true, floor: 0.45 };
    case 'freshness':
      return { ...RATIO, isOneSided: true, floor: 0.45 };
    case 'nullShare':
      return {
        ...RATIO,
        forward: (value) => Math.log1p(PER_MILLE * Math.min(1, Math.max(0, value))),
        backward: (scaled) => Math.min(1, Math.max(0, Math.expm1(scaled) / PER_MILLE)),
        floor: 0.35,
        minSpread: 0.03,
        chanceSpread: (scaled) => 0.25 * Math.exp(-scaled / 2),
      };
    case 'distribution': {
      const size = Math.max(...values.map(Math.abs), Number.MIN_VALUE);
      return {
        ...RATIO,
        forward: (value) => value,
        backward: (scaled) => scaled,
        floor: size * 0.02,
        minSpread: size * 0.002,
        maxSlope: size * 0.02,
      };
    }
  }
}
