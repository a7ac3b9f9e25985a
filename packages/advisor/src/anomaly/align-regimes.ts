import { fitBaseline, LEVEL_POINTS, type ScaledPoint } from './baseline.ts';
import type { MetricScale } from './metric-scale.ts';
import { median } from './robust-statistics.ts';

/** So many flags running to the same side are a new level, not so many faults. */
const REGIME_FLAGS = 3;

/** A level that a series left and did not come back to. */
export interface FormerLevel {
  /** The last normal points on it, as they were. */
  readonly points: readonly ScaledPoint[];
  readonly pointsSince: number;
  /** When it was left. */
  readonly leftAt: number;
}

export interface AlignedSeries {
  /** The earlier points moved to the level of the last regime, whose points are not flagged any more. */
  readonly points: readonly ScaledPoint[];
  readonly formerLevels: readonly FormerLevel[];
}

/** Takes a level that stayed for the new normal. What the season and the spread were before still counts. */
export function alignRegimes(points: readonly ScaledPoint[], scale: MetricScale): AlignedSeries {
  const runs = flaggedRuns(points);
  if (runs.length === 0) return { points, formerLevels: [] };
  const { predict } = fitBaseline(points, scale);
  const aligned = [...points];
  const formerLevels: FormerLevel[] = [];
  const restOf = (point: ScaledPoint): number => point.y - predict(point.at);
  for (const { start, end } of runs) {
    const before = normalIndexes(aligned, start).slice(-LEVEL_POINTS);
    const level = median(before.map((index) => restOf(aligned[index] as ScaledPoint)));
    const distances = aligned
      .slice(start, end)
      .filter((point) => point.isFlagged)
      .map((point) => restOf(point) - level);
    const length = sameSide(distances);
    if (before.length === 0 || length < REGIME_FLAGS) continue;
    const distance = median(distances.slice(0, length));
    const after = aligned.slice(end, end + REGIME_FLAGS).map((point) => restOf(point) - level);
    // It came back: a fault of several points, not a new level.
    if (after.length > 0 && Math.abs(median(after)) < Math.abs(median(after) - distance)) continue;
    formerLevels.push({
      points: before.flatMap((index) => points[index] ?? []),
      pointsSince: points.length - start,
      leftAt: points[start]?.at ?? 0,
    });
    aligned.forEach((point, index) => {
      if (index < start) aligned[index] = { ...point, y: point.y + distance };
      else if (index < end) aligned[index] = { ...point, isFlagged: false };
    });
  }
  return { points: aligned, formerLevels };
}

function sameSide(distances: readonly number[]): number {
  const side = Math.sign(distances[0] ?? 0);
  const other = distances.findIndex((distance) => Math.sign(distance) !== side);
  return other === -1 ? distances.length : other;
}

function normalIndexes(points: readonly ScaledPoint[], end: number): readonly number[] {
  return points.slice(0, end).flatMap((point, index) => (point.isFlagged ? [] : [index]));
}

/** Flagged points one after the other; closed days between them, when nothing was due and nothing came, do not count. */
function flaggedRuns(
  points: readonly ScaledPoint[],
): readonly { readonly start: number; readonly end: number }[] {
  const runs: { start: number; end: number; flags: number }[] = [];
  let isOpen = false;
  points.forEach((point, index) => {
    if (!point.isFlagged) {
      isOpen &&= point.y === 0;
      return;
    }
    const last = runs.at(-1);
    if (isOpen && last !== undefined) {
      last.end = index + 1;
      last.flags += 1;
    } else {
      runs.push({ start: index, end: index + 1, flags: 1 });
    }
    isOpen = true;
  });
  return runs.filter((run) => run.flags >= REGIME_FLAGS);
}
