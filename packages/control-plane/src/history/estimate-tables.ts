import type { Plan } from '@millrace/compiler';
import type { LoadPreview } from '@millrace/engine';

import type { Store } from '../store/open-store.ts';
import { readMeasures } from './table-history.ts';
import type { PastMeasures } from './table-history.ts';

/** The middle of so many runs. */
const RUNS = 10;

/** What a load will probably take, from what it took before. */
export interface TableEstimate {
  readonly task: string;
  /** Earlier loads of the same kind that it is told from. */
  readonly runs: number;
  readonly rows: number;
  readonly bytes: number;
  readonly durationMs: number;
}

/** Of the tables that were loaded before in the way that is planned now. */
export async function estimateTables(
  store: Store,
  plan: Plan,
  previews: readonly LoadPreview[],
): Promise<readonly TableEstimate[]> {
  const modes = new Map(previews.map(({ task, mode }) => [task, mode]));
  const estimates: TableEstimate[] = [];
  for (const { id } of plan.tasks) {
    const mode = modes.get(id);
    if (mode === undefined || mode === 'stops') continue;
    const scope = mode === 'full' ? 'table' : 'changes';
    const series = { pipeline: plan.pipeline, task: id, scope } as const;
    const past = (await readMeasures(store, series, RUNS)).filter(({ rows }) => rows !== null);
    if (past.length === 0) continue;
    const middleOf = (value: (measures: PastMeasures) => number | null) =>
      median(past.map((measures) => value(measures) ?? 0));
    estimates.push({
      task: id,
      runs: past.length,
      rows: middleOf(({ rows }) => rows),
      bytes: middleOf(({ sizeBytes }) => sizeBytes),
      durationMs: middleOf(({ durationMs }) => durationMs),
    });
  }
  return estimates;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = sorted.length >> 1;
  const [low = 0, high = 0] = [sorted[middle - 1 + (sorted.length % 2)], sorted[middle]];
  return Math.round((low + high) / 2);
}
