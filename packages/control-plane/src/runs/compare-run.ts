import { comparePlans, type Plan, type PlanChanges } from '@millrace/compiler';

import type { Store } from '../store/open-store.ts';
import type { RunRecord } from './run-record.ts';
import { toIso } from './run-row.ts';

/** So many runs before say what is usual; fewer than the least say nothing. */
const COMPARED_RUNS = 30;
const LEAST_RUNS = 5;

/** How a run stands beside the runs of its pipeline before it. */
export interface RunComparison {
  /** How long they took, from the tenth to the ninetieth of a hundred; null when there are too few. */
  readonly usualMs: { readonly low: number; readonly high: number } | null;
  /** The last one before it that succeeded; null when there is none. */
  readonly lastGood: {
    readonly runId: string;
    readonly finishedAt: string | null;
    /** Its document said something else. */
    readonly hasOtherDocument: boolean;
    /** What the plan has otherwise since: by the document, or because the source is another; null where this run is no failure. */
    readonly changes: PlanChanges | null;
  } | null;
}

/** Compares with runs of the whole pipeline: those of some tables take another time. */
export async function compareRun(store: Store, record: RunRecord, plan: Plan): Promise<RunComparison> {
  const rows = await store.db
    .selectFrom('runs')
    .select(['run_id', 'document_fingerprint', 'options', 'rerun_of', 'started_at', 'finished_at'])
    .where('pipeline', '=', record.pipeline)
    .where('state', '=', 'succeeded')
    .where('queued_at', '<', Date.parse(record.queuedAt))
    .orderBy('queued_at', 'desc')
    .limit(COMPARED_RUNS)
    .execute();
  const tookMs = rows
    .filter(({ options, rerun_of: rerunOf }) => rerunOf === null && JSON.parse(options).tables.length === 0)
    .map(({ started_at: startedAt, finished_at: finishedAt }) => (finishedAt ?? startedAt) - startedAt)
    .toSorted((left, right) => left - right);
  const at = (share: number): number => tookMs[Math.round((tookMs.length - 1) * share)] ?? 0;
  const [last] = rows;
  return {
    usualMs: tookMs.length < LEAST_RUNS ? null : { low: at(0.1), high: at(0.9) },
    lastGood: last
      ? {
          runId: last.run_id,
          finishedAt: last.finished_at === null ? null : toIso(last.finished_at),
          hasOtherDocument:
            record.documentFingerprint !== '' && last.document_fingerprint !== record.documentFingerprint,
          changes: record.state === 'failed' ? await changesSince(store, last.run_id, plan) : null,
        }
      : null,
  };
}

async function changesSince(store: Store, runId: string, plan: Plan): Promise<PlanChanges | null> {
  const row = await store.db.selectFrom('runs').select('plan').where('run_id', '=', runId).executeTakeFirst();
  const before: Plan | undefined = row && JSON.parse(row.plan);
  // A run that failed before its plan was made has nothing to compare.
  return before === undefined || plan.tasks.length === 0 ? null : comparePlans(before, plan);
}
