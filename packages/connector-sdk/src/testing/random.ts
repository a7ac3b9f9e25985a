/** A reproducible stream of random values: the same seed gives the same values on every machine. Not for secrets. */
export interface Random {
  readonly seed: number;
  /** A number in [0, 1). */
  next(): number;
  /** A whole number from `low` to `high`, both included. */
  integer(low: number, high: number): number;
  pick<T>(values: readonly T[]): T;
  bytes(length: number): Uint8Array;
  /** A copy in random order. */
  shuffle<T>(values: readonly T[]): T[];
}

/** mulberry32: 32 bits of state, passes the statistical tests that a test generator needs. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const integer = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  return {
    seed,
    next,
    integer,
    pick<T>(values: readonly T[]): T {
      if (values.length === 0) throw new RangeError('pick needs at least one value');
      return values[integer(0, values.length - 1)] as T;
    },
    bytes: (length) => Uint8Array.from({ length }, () => integer(0, 255)),
    shuffle<T>(values: readonly T[]): T[] {
      const copy = [...values];
      for (let index = copy.length - 1; index > 0; index--) {
        const other = integer(0, index);
        [copy[index], copy[other]] = [copy[other] as T, copy[index] as T];
      }
      return copy;
    },
  };
}

/** A new seed for a run; print it with a failure so that the run can be replayed. */
export function newSeed(): number {
  return Math.floor(Math.random() * 2 ** 32);
}
