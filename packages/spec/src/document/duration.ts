const UNITS = [
  ['d', 86_400_000_000n],
  ['h', 3_600_000_000n],
  ['m', 60_000_000n],
  ['s', 1_000_000n],
  ['ms', 1_000n],
  ['us', 1n],
] as const;

const MICROSECONDS: ReadonlyMap<string, bigint> = new Map(UNITS);

/** One or more amounts with units, largest first: `5m`, `1h30m`, `250ms`. */
export const DURATION_PATTERN = /^(?:\d{1,9}(?:d|h|m|s|ms|us))+$/;

/**
 * A duration in microseconds, exactly; undefined when the text is not one. Units: d (24 hours), h, m, s, ms, us; in
 * that order, each at most once.
 */
export function parseDuration(text: string): bigint | undefined {
  if (text.length > 80 || !DURATION_PATTERN.test(text)) return undefined;
  let total = 0n;
  let previous: bigint | undefined;
  for (const match of text.matchAll(/(\d+)(d|h|ms|m|s|us)/g)) {
    const unit = MICROSECONDS.get(match[2] ?? '');
    if (unit === undefined || (previous !== undefined && unit >= previous)) return undefined;
    previous = unit;
    total += BigInt(match[1] ?? '') * unit;
  }
  return total;
}

/** The shortest text that parses to the same duration. */
export function formatDuration(microseconds: bigint): string {
  let rest = microseconds;
  let text = '';
  for (const [unit, size] of UNITS) {
    if (rest < size) continue;
    text += `${rest / size}${unit}`;
    rest %= size;
  }
  return text === '' ? '0s' : text;
}
