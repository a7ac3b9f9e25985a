import type { PlainPipelineError } from '@millrace/connector-sdk';

/**
 * The distances between the attempts of a run that nobody watches. The first is short, for what failed before any table was
 * begun: a process of ours that had ended, a connection that was being opened. Within an attempt a table is tried five times
 * in a minute: what lasts longer is given a quarter of an hour.
 */
const DELAYS_MS = [2_000, 30_000, 120_000, 600_000];

/**
 * When to try again what failed so, in milliseconds; undefined when a person has to act first, or all was tried. One failure
 * that can pass is enough: the tables that failed for good fail again, and those that were published stay.
 */
export function retryAfterMs(
  errors: readonly Pick<PlainPipelineError, 'retry'>[],
  retries: number,
): number | undefined {
  const delay = DELAYS_MS[retries];
  const passing = errors.filter(({ retry }) => retry !== 'never');
  if (delay === undefined || passing.length === 0) return undefined;
  const asked = passing.map(({ retry }) => (typeof retry === 'object' ? retry.afterMs : 0));
  return Math.max(delay, ...asked);
}

/** Says in a run's own log that it goes on later. */
export function retryMessage(attempt: number, reason: string, afterMs: number): string {
  return `Attempt ${attempt} failed: ${reason} The next one begins in ${Math.round(afterMs / 1000)} s.`;
}
