import type { Store } from '../store/open-store.ts';
import type { RunRecord } from './run-record.ts';
import { RUN_RECORD_COLUMNS, toRecord } from './run-row.ts';

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
  } | null;
}

/** Compares with runs of the whole pipeline: those of some tables take another time. */
export async function compareRun(store: Store, record: RunRecord): Promise<RunComparison> {
  const rows = await store.db
    .selectFrom('runs')
    .select(RUN_RECORD_COLUMNS)
    .where('pipeline', '=', record.pipeline)
    .where('state', '=', 'succeeded')
    .where('queued_at', '<', Date.parse(record.queuedAt))
    .orderBy('queued_at', 'desc')
    .limit(COMPARED_RUNS)
    .execute();
  const earlier = rows.map(toRecord);
  const tookMs = earlier
    .filter(({ options, rerunOf }) => options.tables.length === 0 && rerunOf === null)
    .map(({ startedAt, finishedAt }) => Date.parse(finishedAt ?? startedAt) - Date.parse(startedAt))
    .toSorted((left, right) => left - right);
  const at = (share: number): number => tookMs[Math.round((tookMs.length - 1) * share)] ?? 0;
  const [last] = earlier;
  return {
    usualMs: tookMs.length < LEAST_RUNS ? null : { low: at(0.1), high: at(0.9) },
    lastGood: last
      ? {
          runId: last.runId,
          finishedAt: last.finishedAt,
          hasOtherDocument:
            record.documentFingerprint !== '' && last.documentFingerprint !== record.documentFingerprint,
        }
      : null,
  };
}
