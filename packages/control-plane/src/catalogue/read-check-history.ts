import type { CheckResult } from '@millrace/compiler';

import type { Store } from '../store/open-store.ts';

const KEPT_RUNS = 30;
/** Results of runs that are looked at: a page shows the lately checked, not everything. */
const MAX_RESULTS = 3000;

interface PastResult {
  readonly runId: string;
  readonly at: string;
  readonly status: CheckResult['status'];
  readonly observed: string;
}

export interface CheckHistory {
  readonly pipeline: string;
  readonly step: string;
  /** The newest one. */
  readonly result: CheckResult;
  readonly runId: string;
  readonly at: string;
  /** The latest last. */
  readonly history: PastResult[];
}

/** Every check that ran lately with what it found each time, of one pipeline or of all; those that failed last come first. */
export async function readCheckHistory(store: Store, pipeline: string | undefined): Promise<CheckHistory[]> {
  let query = store.db
    .selectFrom('check_results')
    .selectAll()
    .orderBy('checked_at', 'desc')
    .limit(MAX_RESULTS);
  if (pipeline !== undefined) query = query.where('pipeline', '=', pipeline);
  const histories = new Map<string, CheckHistory>();
  for (const row of await query.execute()) {
    const results: readonly CheckResult[] = JSON.parse(row.results);
    const at = new Date(row.checked_at).toISOString();
    for (const result of results) {
      const id = JSON.stringify([row.pipeline, row.task, result.name]);
      const past = { runId: row.run_id, at, status: result.status, observed: result.observed };
      const known = histories.get(id);
      // They come latest first.
      if (known === undefined) {
        const { pipeline: of, step } = row;
        histories.set(id, { pipeline: of, step, result, runId: row.run_id, at, history: [past] });
      } else if (known.history.length < KEPT_RUNS) known.history.unshift(past);
    }
  }
  return [...histories.values()].toSorted(
    (left, right) => URGENCY[left.result.status] - URGENCY[right.result.status],
  );
}

const URGENCY: Readonly<Record<CheckResult['status'], number>> = {
  failed: 0,
  warned: 1,
  skipped: 2,
  passed: 3,
};
