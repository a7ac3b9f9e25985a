/** The middle value, the mean of the two middle ones for even counts; 0 for no values. */
export function median(values: readonly number[] | Float64Array): number {
  if (values.length === 0) return 0;
  const sorted = sortedCopy(values);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

/** The fits ask for the medians of many short lists, where calling the engine's sort costs more than sorting. */
function sortedCopy(values: readonly number[] | Float64Array): ArrayLike<number> {
  if (values.length > 32) return Float64Array.from(values).sort();
  const sorted = [...values];
  for (let index = 1; index < sorted.length; index += 1) {
    const value = sorted[index] ?? 0;
    let place = index;
    for (; place > 0 && (sorted[place - 1] ?? 0) > value; place -= 1) sorted[place] = sorted[place - 1] ?? 0;
    sorted[place] = value;
  }
  return sorted;
}

/** The standard deviation that normal values with the same median absolute deviation would have. */
export function robustDeviation(values: readonly number[] | Float64Array): number {
  const center = median(values);
  return 1.4826 * median(Float64Array.from(values, (value) => Math.abs(value - center)));
}

/**
 * Like `robustDeviation`, but not fooled by a group of values that never move (rows of closed days, for instance): the
 * distance that four fifths stay within counts too.
 */
export function recentSpread(values: readonly number[]): number {
  const center = median(values);
  const distances = Float64Array.from(values, (value) => Math.abs(value - center)).sort();
  const fourFifths = distances[Math.floor(0.8 * distances.length)] ?? 0;
  return Math.max(1.4826 * median(distances), fourFifths / 1.2816);
}

export function meanAbsolute(values: readonly number[] | Float64Array): number {
  let total = 0;
  for (const value of values) total += Math.abs(value);
  return values.length === 0 ? 0 : total / values.length;
}

/**
 * Theil and Sen's slope of `y` over `x`: the median of the slopes of pairs. Half of the points may be wrong without
 * moving it far. Pairs are whole multiples of `period` apart, so that what repeats is no slope; where there are none, at
 * least one period. 0 when no pair is so far apart.
 */
export function theilSenSlope(x: readonly number[], y: readonly number[], period: number): number {
  const aligned = pairSlopes(x, y, (gap) => gap >= period && gap % period === 0);
  return median(aligned.length > 0 ? aligned : pairSlopes(x, y, (gap) => gap >= period));
}

function pairSlopes(
  x: readonly number[],
  y: readonly number[],
  isPair: (gap: number) => boolean,
): readonly number[] {
  const slopes: number[] = [];
  for (let later = 1; later < x.length; later += 1) {
    for (let earlier = 0; earlier < later; earlier += 1) {
      const gap = (x[later] ?? 0) - (x[earlier] ?? 0);
      if (isPair(gap)) slopes.push(((y[later] ?? 0) - (y[earlier] ?? 0)) / gap);
    }
  }
  return slopes;
}
