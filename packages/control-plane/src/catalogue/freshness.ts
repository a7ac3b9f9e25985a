import type { DatasetRow } from './catalogue-schema.ts';

export const FRESHNESS_STATES = ['upToDate', 'delayed', 'underInvestigation'] as const;

export interface Freshness {
  /**
   * `underInvestigation`: the newest run left the dataset as it was, or found something unusual in it. `delayed`: no run has looked at
   * the source for longer than is usual or allowed.
   */
  readonly state: (typeof FRESHNESS_STATES)[number];
  /** For people: why it is so. */
  readonly reason: string;
  /** How long the dataset may go unlooked at; null where nothing tells. */
  readonly expectedWithinMs: number | null;
}

/** A run that is a half later than usual is no news. */
const TOLERANCE = 1.5;
const LEAST_MS = 60_000;

/** What a dataset's state is at a time. `allowedMs` is what its document allows; else its own rhythm tells, from the times of its runs. */
export function judgeFreshness(
  dataset: Pick<DatasetRow, 'outcome' | 'reason' | 'concerns' | 'checked_at'>,
  { allowedMs, runTimes }: { readonly allowedMs: number | null; readonly runTimes: readonly number[] },
  at: number,
): Freshness {
  const rhythm = usualGap(runTimes);
  const expectedWithinMs =
    allowedMs ?? (rhythm === null ? null : Math.round(Math.max(LEAST_MS, rhythm * TOLERANCE)));
  const said = (state: Freshness['state'], reason: string): Freshness => ({
    state,
    reason,
    expectedWithinMs,
  });
  if (dataset.outcome === 'failed')
    return said('underInvestigation', `The last run failed. ${dataset.reason ?? ''}`.trim());
  if (dataset.outcome === 'paused')
    return said('underInvestigation', dataset.reason ?? 'It waits for a person to act.');
  if (dataset.concerns > 0)
    return said(
      'underInvestigation',
      dataset.concerns === 1
        ? 'A check failed, or a figure was unusual, in the last run.'
        : `${dataset.concerns} checks failed or figures were unusual in the last run.`,
    );
  const age = dataset.checked_at === null ? null : at - dataset.checked_at;
  if (age !== null && expectedWithinMs !== null && age > expectedWithinMs)
    return said(
      'delayed',
      allowedMs === null
        ? 'No run has looked at the source for longer than is usual.'
        : 'No run has looked at the source for longer than the pipeline allows.',
    );
  return said('upToDate', 'The last run left it as the source is.');
}

/** The median time between runs; null with fewer than three. */
function usualGap(times: readonly number[]): number | null {
  const sorted = times.toSorted((left, right) => left - right);
  const gaps = sorted
    .slice(1)
    .map((time, index) => time - (sorted[index] ?? time))
    .toSorted((left, right) => left - right);
  return gaps.length < 2 ? null : (gaps[Math.floor(gaps.length / 2)] ?? null);
}
