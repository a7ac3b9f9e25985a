import { judgePoint } from '@millrace/advisor';
import type { MetricKind, SeriesPoint } from '@millrace/advisor';
import type { DatasetProfile, Plan } from '@millrace/compiler';
import type { Anomaly, RunState } from '@millrace/engine';

import type { Store } from '../store/open-store.ts';
import { measureTable } from './measure-table.ts';
import type { TableMeasures, TablePoint } from './measure-table.ts';
import { historyKey, readMeasures, summarizeHistory } from './table-history.ts';
import type { PastMeasures } from './table-history.ts';

/** What the advisor looks back on at most, for each table and for all of them together: a thousand tables are not to cost a second. */
const LOOK_BACK = 504;
const LOOK_BACK_ON_ALL = 100_000;
/** With fewer runs before it, nothing is judged. */
const LEARNING_RUNS = 14;

export interface FoundAnomaly extends Anomaly {
  readonly task: string;
}

/** What the tables of a run measured, to be added to their history, and what that history does not explain of it. */
export interface JudgedTables {
  readonly measured: readonly TableMeasures[];
  readonly anomalies: readonly FoundAnomaly[];
}

/** Measures the tables of a run and judges each figure by its history. */
export async function judgeTables(
  store: Store,
  plan: Plan,
  run: RunState,
  profiles: ReadonlyMap<string, DatasetProfile>,
  at: number,
): Promise<JudgedTables> {
  const anomalies: FoundAnomaly[] = [];
  const measured: TableMeasures[] = [];
  const summary = await summarizeHistory(store, plan.pipeline);
  const limit = Math.min(LOOK_BACK, Math.ceil(LOOK_BACK_ON_ALL / Math.max(1, plan.tasks.length)));
  for (const task of plan.tasks) {
    const state = run.tasks.get(task.id);
    if (state === undefined) continue;
    const scope = state.mode === 'full' ? 'table' : 'changes';
    const series = { pipeline: plan.pipeline, task: task.id, scope } as const;
    const known = summary.get(historyKey(series));
    const newestBefore = known?.newestAt ?? null;
    const measures = measureTable(task, state, profiles.get(task.id) ?? null, { at, newestBefore });
    if (measures === undefined) continue;
    if (known === undefined || known.runs < LEARNING_RUNS) {
      measured.push(measures);
      continue;
    }
    const history = await readMeasures(store, series, limit);
    const points = measures.points.map((point) => {
      const anomaly = judge(measures.table, point, history, at);
      if (anomaly === undefined) return point;
      anomalies.push({ task: task.id, ...anomaly });
      return { ...point, wasAnomalous: true };
    });
    measured.push({ ...measures, points });
  }
  return { measured, anomalies };
}

function judge(
  table: string,
  { metric, column, value }: TablePoint,
  history: readonly PastMeasures[],
  at: number,
): Anomaly | undefined {
  const series = history.flatMap(({ at: when, points }): readonly SeriesPoint[] => {
    const past = points.find((point) => point.metric === metric && point.column === column);
    return past === undefined ? [] : [{ at: when, value: past.value, wasAnomalous: past.wasAnomalous }];
  });
  const verdict = judgePoint(metric, series, { at: new Date(at).toISOString(), value });
  if (verdict.state !== 'anomalous') return undefined;
  const subject = column === null ? table : `${table}.${column}`;
  return {
    metric,
    column,
    value,
    ...verdict.expected,
    message: `${subject}: ${MEASURED[metric]}${verdict.reason}`,
  };
}

/** What stands before a figure that does not say itself what it is. */
const MEASURED: Readonly<Record<MetricKind, string>> = {
  rowCount: '',
  nullShare: '',
  freshness: 'the newest row is ',
  distribution: 'a mean of ',
  duration: '',
};
