/** Fewer earlier runs than this say nothing about what is usual. */
export const LEAST_HISTORY = 3;

export type Usual =
  | { readonly kind: 'known'; readonly median: number; readonly runs: number }
  | { readonly kind: 'learning'; readonly runs: number };

/** The median of the latest values of earlier runs. */
export function usualValue(history: readonly number[], over: number): Usual {
  const latest = history.slice(-over).toSorted((left, right) => left - right);
  if (latest.length < LEAST_HISTORY) return { kind: 'learning', runs: latest.length };
  const middle = latest.length >> 1;
  const upper = latest[middle] ?? 0;
  const median = latest.length % 2 === 1 ? upper : ((latest[middle - 1] ?? 0) + upper) / 2;
  return { kind: 'known', median, runs: latest.length };
}

/** Why a comparison with earlier runs waits. */
export function stillLearning(check: string, runs: number): string {
  return `${check} compares with earlier runs and has seen ${runs} of the ${LEAST_HISTORY} that it needs. It begins by itself.`;
}
