import { describe, expect, it } from 'vitest';

import { judgeSeries } from '../judge-point.ts';
import { FAULTS } from './faults.ts';
import { scoreDetector, type Detector } from './score-detector.ts';
import { simulate } from './simulate.ts';
import { detectByZScore } from './z-score.ts';

/** Not the seeds that the constants of the detector were chosen with. */
const SEEDS = [2_001, 2_002];

const detect: Detector = (kind, points) =>
  judgeSeries(kind, points).map(({ state }) => state === 'anomalous');

describe('anomalies on the simulator', { timeout: 300_000 }, () => {
  const series = simulate(SEEDS);

  it('has twelve kinds of accident, and each of them happens', () => {
    expect(FAULTS).toHaveLength(12);
    expect(new Set(series.flatMap(({ fault }) => fault?.name ?? []))).toEqual(
      new Set(FAULTS.map(({ name }) => name)),
    );
  });

  it('finds accidents, and leaves people alone while nothing is wrong', () => {
    const score = scoreDetector(detect, series);
    expect(score.f1).toBeGreaterThanOrEqual(0.93);
    expect(score.alertsPer100HealthyPoints).toBeLessThanOrEqual(0.5);
    expect(Math.min(...Object.values(score.recallByFault))).toBeGreaterThanOrEqual(0.6);
  });

  it('is far better than three deviations from the mean of fourteen days', () => {
    const rival = scoreDetector(detectByZScore, series);
    expect(rival.f1).toBeLessThan(0.75);
    expect(rival.alertsPer100HealthyPoints).toBeGreaterThan(0.5);
  });
});
