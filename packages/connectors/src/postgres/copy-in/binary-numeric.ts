/** Groups of four decimal digits, PostgreSQL's digits of a numeric. */
const BASE = 10_000;
const HEADER_BYTES = 8;
const NEGATIVE = 0x4000;
/** Above it, the fraction filled up to whole groups is no exact double any more. */
const MAX_PLAIN_SCALE = 12;

/** Bytes of decimals of one scale in PostgreSQL's binary form; zeros at either end are allowed and dropped by the server. */
export class NumericFormat {
  readonly #scale: number;
  readonly #fractionGroups: number;
  readonly #unit: number;
  readonly #filler: number;

  constructor(scale: number) {
    this.#scale = scale;
    this.#fractionGroups = Math.ceil(scale / 4);
    this.#unit = 10 ** scale;
    this.#filler = 10 ** (this.#fractionGroups * 4 - scale);
  }

  /** `unscaled` is the value x 10^scale; a number is a safe integer. */
  size(unscaled: number | bigint): number {
    return HEADER_BYTES + 2 * (this.#wholeGroups(unscaled) + this.#fractionGroups);
  }

  /** Returns the offset behind the value. */
  write(target: DataView, at: number, unscaled: number | bigint): number {
    const wholeGroups = this.#wholeGroups(unscaled);
    const groups = wholeGroups + this.#fractionGroups;
    target.setInt16(at, groups);
    target.setInt16(at + 2, wholeGroups - 1);
    target.setUint16(at + 4, unscaled < 0 ? NEGATIVE : 0);
    target.setUint16(at + 6, this.#scale);
    const start = at + HEADER_BYTES;
    const end = start + 2 * groups;
    if (typeof unscaled === 'bigint' || this.#scale > MAX_PLAIN_SCALE) {
      writeGroups(target, start, end, magnitudeOf(BigInt(unscaled)) * BigInt(this.#filler));
      return end;
    }
    const magnitude = Math.abs(unscaled);
    const whole = Math.floor(magnitude / this.#unit);
    const point = start + 2 * wholeGroups;
    writePlainGroups(target, start, point, whole);
    writePlainGroups(target, point, end, (magnitude - whole * this.#unit) * this.#filler);
    return end;
  }

  #wholeGroups(unscaled: number | bigint): number {
    if (typeof unscaled === 'bigint' || this.#scale > MAX_PLAIN_SCALE) {
      let groups = 0;
      const unit = 10n ** BigInt(this.#scale);
      for (let rest = magnitudeOf(BigInt(unscaled)) / unit; rest > 0n; rest /= BigInt(BASE)) groups += 1;
      return groups;
    }
    const magnitude = Math.abs(unscaled);
    if (magnitude < this.#unit) return 0;
    let groups = 1;
    for (let limit = this.#unit * BASE; magnitude >= limit; limit *= BASE) groups += 1;
    return groups;
  }
}

function writePlainGroups(target: DataView, start: number, end: number, value: number): void {
  let rest = value;
  for (let at = end - 2; at >= start; at -= 2) {
    const next = Math.floor(rest / BASE);
    target.setInt16(at, rest - next * BASE);
    rest = next;
  }
}

function writeGroups(target: DataView, start: number, end: number, value: bigint): void {
  let rest = value;
  for (let at = end - 2; at >= start; at -= 2) {
    target.setInt16(at, Number(rest % BigInt(BASE)));
    rest /= BigInt(BASE);
  }
}

function magnitudeOf(value: bigint): bigint {
  return value < 0n ? -value : value;
}
