/** A column of a preview, as the server tells it. */
export interface ProfiledColumn {
  readonly name: string;
  readonly type: string;
  readonly isHidden: boolean;
  readonly nulls: number;
  readonly distinct: number;
  readonly min: string | null;
  readonly max: string | null;
}

const BINS = 8;
const NUMERIC = /^(?:u?int\d+|float\d+|decimal)/;

export function isNumeric({ type }: Pick<ProfiledColumn, 'type'>): boolean {
  return NUMERIC.test(type);
}

/**
 * Heights from 0 to 1 that tell the shape of the values that are shown: numbers in bins from the smallest to the largest, anything
 * else by its most frequent values. Empty where there is nothing to tell.
 */
export function miniBars(column: ProfiledColumn, values: readonly (string | null)[]): readonly number[] {
  const present = values.filter((value) => value !== null);
  if (column.isHidden || present.length === 0) return [];
  if (isNumeric(column)) {
    // A picture of a few pixels: here a number may lose its last digits.
    const numbers = present.map(Number).filter(Number.isFinite);
    const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
    if (!(high > low)) return numbers.length > 0 ? [1] : [];
    const counts = Array.from({ length: BINS }, () => 0);
    for (const number of numbers) {
      const bin = Math.min(BINS - 1, Math.floor(((number - low) / (high - low)) * BINS));
      counts[bin] = (counts[bin] ?? 0) + 1;
    }
    return shares(counts);
  }
  const counts = new Map<string, number>();
  for (const value of present) counts.set(value, (counts.get(value) ?? 0) + 1);
  return shares([...counts.values()].toSorted((left, right) => right - left).slice(0, BINS));
}

function shares(counts: readonly number[]): readonly number[] {
  const most = Math.max(...counts);
  return counts.map((count) => (most === 0 ? 0 : count / most));
}
