/** `20 %`, `0.5 %` */
export function asPercent(share: number): string {
  return `${Number((share * 100).toPrecision(4))} %`;
}

/** `20,000`; the text of a whole number of any size. */
export function asCount(count: string | bigint): string {
  return BigInt(count).toLocaleString('en');
}

/** A number of a measure, short enough for a sentence. */
export function asFigure(value: number): string {
  return Number.isInteger(value) ? value.toLocaleString('en') : String(Number(value.toPrecision(6)));
}
