import type { CheckRule } from '../check-plan.ts';
import { decimalText } from '../literal.ts';
import type { Verdict } from '../verdict.ts';

type Rule = Extract<CheckRule, { kind: 'sums' }>;

export function judgeSums(rule: Rule, left: string, right: string): Verdict {
  const { subject, other, tolerance, isExact } = rule;
  const difference = isExact ? exactDifference(left, right) : undefined;
  const isPassed =
    difference === undefined
      ? Math.abs(Number(left) - Number(right)) <= Number(tolerance)
      : isAtMost(difference, tolerance);
  const apart = difference === undefined ? String(Number(left) - Number(right)) : formatScaled(difference);
  return {
    isPassed,
    observed: `${left} and ${right}`,
    finding: isPassed
      ? `The sum of ${subject} is ${left}, that of ${other} ${right}`
      : `The sum of ${subject} is ${left}, but that of ${other} is ${right}: they differ by ${apart}`,
    advice: 'Find the rows that are missing or twice, or set a tolerance.',
  };
}

/** A decimal number: `units` of 10^-scale. */
interface Scaled {
  readonly units: bigint;
  readonly scale: number;
}

function exactDifference(left: string, right: string): Scaled {
  const [minuend, subtrahend] = aligned(readScaled(left), readScaled(right));
  return { units: minuend.units - subtrahend.units, scale: minuend.scale };
}

function isAtMost(difference: Scaled, tolerance: string): boolean {
  const [apart, allowed] = aligned(difference, readScaled(tolerance));
  const size = apart.units < 0n ? -apart.units : apart.units;
  return size <= allowed.units;
}

function readScaled(text: string): Scaled {
  const plain = decimalText(text);
  if (plain === undefined) throw new RangeError(`${text} is no decimal number.`);
  const fraction = plain.split('.')[1] ?? '';
  return { units: BigInt(plain.replace('.', '')), scale: fraction.length };
}

function aligned(left: Scaled, right: Scaled): readonly [Scaled, Scaled] {
  const scale = Math.max(left.scale, right.scale);
  const widen = (value: Scaled): Scaled => ({
    units: value.units * 10n ** BigInt(scale - value.scale),
    scale,
  });
  return [widen(left), widen(right)];
}

function formatScaled({ units, scale }: Scaled): string {
  const digits = String(units < 0n ? -units : units).padStart(scale + 1, '0');
  const point = digits.length - scale;
  const text = scale === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`;
  return `${units < 0n ? '-' : ''}${text}`;
}
