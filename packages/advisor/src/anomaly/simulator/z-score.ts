import type { Detector } from './score-detector.ts';

const WINDOW_MS = 14 * 86_400_000;
const MIN_POINTS = 14;
const DEVIATIONS = 3;

/** The usual rule, as a rival: more than three standard deviations from the mean of the last fourteen days. */
export const detectByZScore: Detector = (_, points) => {
  const times = points.map(({ at }) => Date.parse(at));
  let first = 0;
  return points.map(({ value }, index) => {
    while ((times[first] ?? 0) < (times[index] ?? 0) - WINDOW_MS) first += 1;
    const before = points.slice(first, index).map((point) => point.value);
    if (before.length < MIN_POINTS) return false;
    const mean = before.reduce((sum, each) => sum + each, 0) / before.length;
    const squares = before.reduce((sum, each) => sum + (each - mean) ** 2, 0);
    return Math.abs(value - mean) > DEVIATIONS * Math.sqrt(squares / (before.length - 1));
  });
};
