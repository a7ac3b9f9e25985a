import { PipelineError, throwIfCancelled } from '@millrace/connector-sdk';

const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 30_000;

/**
 * How long to wait before try `failedTries + 1`, or undefined when there is no next one.
 * Doubles from 250 ms to 30 s with full jitter over its upper half, so that many tables do not come back at once.
 */
export function retryDelayMs(
  error: unknown,
  failedTries: number,
  maxTries: number,
  random = Math.random,
): number | undefined {
  if (!(error instanceof PipelineError) || error.retry === 'never' || failedTries >= maxTries)
    return undefined;
  if (error.retry !== 'backoff') return error.retry.afterMs;
  const ceiling = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (failedTries - 1));
  return Math.round(ceiling * (0.5 + random() / 2));
}

/** Waits, or throws the cancellation as soon as the signal fires. */
export async function waitMs(durationMs: number, signal: AbortSignal): Promise<void> {
  throwIfCancelled(signal);
  await new Promise<void>((resolve) => {
    const timer = setTimeout(done, durationMs);
    function done() {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done, { once: true });
  });
  throwIfCancelled(signal);
}
