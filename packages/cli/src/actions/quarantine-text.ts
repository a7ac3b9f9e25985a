import type { RunSummary } from '@millrace/control-plane';
import type { DecisionGroup, QuarantinedRecord, QuarantineGroup } from '@millrace/engine';

import { formatCount } from '../terminal/amounts.ts';
import type { Paint } from '../terminal/paint.ts';
import { printable } from '../terminal/terminal-text.ts';
import { formatTable } from '../terminal/text-table.ts';
import { formatRunSummary } from './run-text.ts';

/** Digits of a row's id that tell it from the others. */
const ID_DIGITS = 12;
const MOST_WIDE = 32;

/** What is in quarantine as a table. */
export function formatGroups(groups: readonly QuarantineGroup[]): string {
  if (groups.length === 0) return 'Nothing is in quarantine.';
  const table = formatTable(
    [
      { title: 'pipeline' },
      { title: 'step' },
      { title: 'rows', align: 'right' },
      { title: 'set aside by' },
      { title: 'reason' },
      { title: 'since run' },
    ],
    groups.map((group) => [
      group.pipeline,
      group.step,
      formatCount(group.rows),
      group.check ?? (group.isPublished ? 'the load' : 'the load, which stopped'),
      group.reason,
      group.sinceRun ?? '–',
    ]),
    80,
  );
  const [first] = groups;
  return `${table}\n\nSee the rows: millrace quarantine show ${printable(first?.pipeline ?? '')}`;
}

/** Rows as they were, a table for each step. */
export function formatRecords(shown: {
  readonly rows: readonly QuarantinedRecord[];
  readonly total: number;
}): string {
  if (shown.total === 0) return 'No such row is in quarantine.';
  const tables = [...Map.groupBy(shown.rows, tableOf).values()].map((rows) => {
    const [first] = rows;
    const columns = first?.columns ?? [];
    const table = formatTable(
      [{ title: 'row' }, { title: 'why' }, { title: 'run' }, ...columns.map((title) => ({ title }))],
      rows.map((row) => [
        row.row.slice(0, ID_DIGITS),
        [...row.reasons, ...(row.origin === null ? [] : [row.origin])].join('; '),
        row.run ?? '–',
        ...row.values.map((value) => value ?? 'NULL'),
      ]),
      MOST_WIDE,
    );
    const by = first?.kind === 'load' ? 'set aside by the load' : 'set aside by its checks';
    return `${printable(first?.step ?? '')}, ${by}:\n${table}`;
  });
  const count = formatCount(shown.rows.length);
  const rest =
    shown.rows.length < shown.total
      ? `first ${count} of ${formatCount(shown.total)} rows; more with --limit, whole values with --json`
      : `${count} row${shown.rows.length === 1 ? '' : 's'}; whole values with --json`;
  return `${tables.join('\n\n')}\n${rest}`;
}

function tableOf({ step, kind, columns }: QuarantinedRecord): string {
  return JSON.stringify([step, kind, columns]);
}

/** What a decision did. */
export function formatDecision(
  done: 'released' | 'discarded',
  made: { readonly rows: number; readonly decided: number; readonly run: RunSummary | null },
  paint: Paint,
  /** The command that takes it back. */
  back?: string,
): string {
  const before = made.rows - made.decided;
  const count = `${formatCount(made.rows)} row${made.rows === 1 ? '' : 's'}`;
  const head =
    made.rows === 0
      ? `Nothing new was ${done}; what was before stands.`
      : `${count} ${done}${before > 0 ? `, ${formatCount(before)} of them before` : ''}.`;
  return [
    `${paint('green', 'ok')}  ${head} A row that changes at the source is judged anew.`,
    ...(back === undefined ? [] : [`Take it back with: ${back}`]),
    ...(made.run === null ? [] : ['', formatRunSummary(made.run, paint)]),
  ].join('\n');
}

/** What came of taking discarded rows back. */
export function formatRestored(
  made: { readonly rows: number; readonly run: RunSummary | null },
  paint: Paint,
): string {
  const count = `${formatCount(made.rows)} row${made.rows === 1 ? '' : 's'}`;
  const said = made.rows === 0 ? 'Nothing new was restored; what was before stands.' : `${count} restored.`;
  return [
    `${paint('green', 'ok')}  ${said} A row that is as it was is in quarantine again.`,
    ...(made.run === null ? [] : ['', formatRunSummary(made.run, paint)]),
  ].join('\n');
}

/** What was decided, the latest first. */
export function formatDecisions(decisions: readonly DecisionGroup[]): string {
  if (decisions.length === 0) return 'Nothing was decided about rows in quarantine.';
  return formatTable(
    [
      { title: 'at' },
      { title: 'by' },
      { title: 'decision' },
      { title: 'pipeline' },
      { title: 'step' },
      { title: 'rows', align: 'right' },
      { title: 'note' },
    ],
    decisions.map(({ at, by, decision, pipeline, step, rows, note }) => [
      at,
      by,
      decision,
      pipeline,
      step,
      formatCount(rows.length),
      note ?? '–',
    ]),
  );
}
