import { columnsOf, type TableEvidence } from '../evidence/table-evidence.ts';
import { nameTokens } from '../naming/name-tokens.ts';

/** How often to run, and why. */
export interface ScheduleProposal {
  readonly cron: string;
  readonly reason: string;
}

const MS_PER_DAY = 86_400_000;
const TIME_NAME =
  /\b(?:created|updated|modified|changed|inserted|ordered|placed|occurred|logged|at|on|time|date)\b/;
/** Reading so many rows whole more than once a day is a burden. */
const HEAVY_ROWS = 20_000_000;
/** A minute of the hour at which not everyone else begins. */
const MINUTE = 17;

/** By the table in which most happens; once a night where nothing says how much. */
export function proposeSchedule(tables: readonly TableEvidence[], fullRows: number): ScheduleProposal {
  const nightly = `${MINUTE} 3 * * *`;
  const busiest = tables
    .flatMap((evidence) => changeRate(evidence) ?? [])
    .toSorted((left, right) => right.perDay - left.perDay)[0];
  if (busiest === undefined)
    return {
      cron: nightly,
      reason: 'no column tells how often rows change; every night until someone knows better',
    };
  const rate = `${busiest.column} has about ${Math.round(busiest.perDay).toLocaleString('en-US')} rows a day`;
  if (fullRows > HEAVY_ROWS)
    return {
      cron: nightly,
      reason: `${rate}, but ${fullRows.toLocaleString('en-US')} rows are read whole each time, which belongs into the night`,
    };
  if (busiest.perDay >= 1_440) return { cron: '*/15 * * * *', reason: `${rate}: more than one a minute` };
  if (busiest.perDay >= 24) return { cron: `${MINUTE} * * * *`, reason: `${rate}: more than one an hour` };
  return { cron: nightly, reason: `${rate}: every night is often enough` };
}

/** Rows per day between the first and the last time in the sample, by the column that says most. */
function changeRate(
  evidence: TableEvidence,
): { readonly column: string; readonly perDay: number } | undefined {
  const { sample, table } = evidence;
  if (sample === null || sample.rows < 20) return undefined;
  let best: { column: string; perDay: number } | undefined;
  for (const { field, sample: column } of columnsOf(evidence)) {
    if (field.type.kind !== 'timestamp' || column?.min == null || column.max == null) continue;
    if (!TIME_NAME.test(nameTokens(field.name).join(' '))) continue;
    const days =
      (Date.parse(`${column.max.slice(0, 10)}T00:00:00Z`) -
        Date.parse(`${column.min.slice(0, 10)}T00:00:00Z`)) /
      MS_PER_DAY;
    // Rows of one day say when they were copied, not how often they change.
    if (!(days >= 1)) continue;
    const perDay = column.nonNull / days;
    if (perDay > (best?.perDay ?? 0)) best = { column: `${table.table.name}.${field.name}`, perDay };
  }
  return best;
}
