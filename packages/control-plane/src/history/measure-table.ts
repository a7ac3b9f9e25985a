import type { MetricKind } from '@millrace/advisor';
import { titleTask, type ColumnProfile, type DatasetProfile, type LoadTask } from '@millrace/compiler';
import type { TaskState } from '@millrace/engine';

/** One figure of a table in a run. */
export interface TablePoint {
  readonly metric: MetricKind;
  /** Null for the table as a whole. */
  readonly column: string | null;
  readonly value: number;
  readonly wasAnomalous: boolean;
}

/** What a run tells of one of its tables; nothing of those that failed. */
export interface TableMeasures {
  readonly task: string;
  /** `mart.orders`, for people. */
  readonly table: string;
  /** Whether the figures are of all rows or of those that changed. */
  readonly scope: 'table' | 'changes';
  readonly rows: number | null;
  readonly sizeBytes: number | null;
  readonly durationMs: number | null;
  /** The newest moment in the rows, in milliseconds since 1970. */
  readonly newestAt: number | null;
  readonly points: readonly TablePoint[];
  readonly profile: DatasetProfile | null;
}

/** Nearly every row has a value of its own: such values rise with the rows, and their mean says nothing. */
const UNIQUE_SHARE = 0.9;

/** `newestBefore` is what was known of the newest moment before this run. */
export function measureTable(
  task: LoadTask,
  state: TaskState,
  profile: DatasetProfile | null,
  { at, newestBefore }: { readonly at: number; readonly newestBefore: number | null },
): TableMeasures | undefined {
  const isPublished = state.status === 'published';
  if (!isPublished && state.status !== 'unchanged') return undefined;
  const scope = state.mode === 'full' ? 'table' : 'changes';
  const rows = state.measures?.rowsOut ?? null;
  const seen = profile === null ? null : newestMoment(task, profile, at);
  const isWhole = isPublished && scope === 'table';
  const known = [seen, ...(isWhole && seen !== null ? [] : [newestBefore])].filter(
    (moment) => moment !== null,
  );
  const newestAt = known.length === 0 ? null : Math.max(...known);
  const points: TablePoint[] = [];
  const add = (metric: MetricKind, column: string | null, value: number): void => {
    if (Number.isFinite(value)) points.push({ metric, column, value, wasAnomalous: false });
  };
  if (rows !== null) add('rowCount', null, rows);
  if (isPublished && state.durationMs !== null) add('duration', null, state.durationMs / 1000);
  if (newestAt !== null) add('freshness', null, Math.max(0, at - newestAt) / 1000);
  const total = Number(profile?.rows ?? 0);
  if (profile !== null && total > 0) {
    const nullable = new Set(
      task.columns.filter(({ field }) => field.nullable).map(({ field }) => field.name),
    );
    const key = new Set(task.destination.key);
    for (const column of profile.columns) {
      if (nullable.has(column.name)) add('nullShare', column.name, Number(column.nulls) / total);
      if (column.mean !== null && !key.has(column.name) && !isUnique(column, total))
        add('distribution', column.name, column.mean);
    }
  }
  return {
    task: task.id,
    table: titleTask(task).table,
    scope,
    rows,
    sizeBytes: isPublished ? (state.measures?.bytesOut ?? null) : null,
    durationMs: state.durationMs,
    newestAt,
    points,
    profile,
  };
}

function isUnique({ nulls, distinct }: ColumnProfile, rows: number): boolean {
  return distinct !== null && Number(distinct.count) >= UNIQUE_SHARE * (rows - Number(nulls));
}

/** The highest timestamp that is not ahead of the clock: of the cursor, else of any column. */
function newestMoment(task: LoadTask, { columns }: DatasetProfile, at: number): number | null {
  const cursor = task.load.kind === 'incremental' ? task.load.cursor : null;
  const origins = new Map(
    task.columns.map(({ field, origin }) => [field.name, origin.kind === 'source' ? origin.column : null]),
  );
  const moments = columns.flatMap(({ name, type, max }) => {
    const isAsked = cursor === null ? origins.get(name) !== null : origins.get(name) === cursor;
    if (!isAsked || max === null || !type.startsWith('timestamp')) return [];
    const moment = parseMoment(max);
    return Number.isFinite(moment) && moment <= at ? [moment] : [];
  });
  return moments.length === 0 ? null : Math.max(...moments);
}

/** DuckDB's text of a timestamp; to the millisecond, and in UTC where it does not say. */
function parseMoment(text: string): number {
  const [, day, time, fraction = '', zone = ''] =
    /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,3})\d*)?([+-]\d\d(?::\d\d)?)?$/.exec(text) ?? [];
  if (day === undefined || time === undefined) return Number.NaN;
  const offset = zone === '' ? 'Z' : zone.length === 3 ? `${zone}:00` : zone;
  return Date.parse(`${day}T${time}.${fraction.padEnd(3, '0')}${offset}`);
}
