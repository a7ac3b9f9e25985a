/** Numbers that look random and are the same for the same seed everywhere. */
export interface Random {
  /** From 0 up to 1. */
  readonly uniform: () => number;
  readonly between: (low: number, high: number) => number;
  /** Mean 0, standard deviation 1. */
  readonly normal: () => number;
  readonly poisson: (mean: number) => number;
}

/** Mulberry32 and what is made from it. */
export function seededRandom(seed: number): Random {
  let state = seed;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return {
    uniform,
    normal,
    between: (low, high) => low + (high - low) * uniform(),
    poisson: (mean) => {
      if (mean > 200) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
      let count = -1;
      for (let product = 1; product > Math.exp(-mean); product *= uniform()) count += 1;
      return count;
    },
  };
}
