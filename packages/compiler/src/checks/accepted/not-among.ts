import type { LogicalType } from '@millrace/spec';

/** Shorter runs are as fast in the list. */
const LEAST_RUN = 4n;

interface Run {
  readonly from: bigint;
  readonly to: bigint;
}

/**
 * True of values that are none of the literals, null of NULL. Integers that follow each other are compared as a range,
 * which costs what one of them does.
 */
export function notAmong(column: string, literals: readonly string[], type: LogicalType): string {
  const whole = type.kind === 'integer' ? literals.filter((literal) => /^-?\d+$/.test(literal)) : [];
  const runs = runsOf(whole.map(BigInt)).filter(({ from, to }) => to - from + 1n >= LEAST_RUN);
  const inRuns = new Set(
    whole.filter((literal) => runs.some(({ from, to }) => BigInt(literal) >= from && BigInt(literal) <= to)),
  );
  const listed = literals.filter((literal) => !inRuns.has(literal));
  return [
    ...runs.map(({ from, to }) => `${column} NOT BETWEEN ${from} AND ${to}`),
    ...(listed.length === 0 ? [] : [`${column} NOT IN (${listed.join(', ')})`]),
  ].join(' AND ');
}

function runsOf(numbers: readonly bigint[]): readonly Run[] {
  const sorted = numbers.toSorted((left, right) => (left < right ? -1 : left > right ? 1 : 0));
  const runs: Run[] = [];
  for (const number of sorted) {
    const last = runs.at(-1);
    if (last !== undefined && last.to + 1n === number)
      runs[runs.length - 1] = { from: last.from, to: number };
    else runs.push({ from: number, to: number });
  }
  return runs;
}
