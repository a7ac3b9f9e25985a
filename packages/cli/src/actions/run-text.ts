import type { RunSummary, TaskSummary } from '@millrace/control-plane';

import { formatBytes, formatCount, formatDuration, formatRate } from '../terminal/amounts.ts';
import type { Paint } from '../terminal/paint.ts';
import { printable, printableLines } from '../terminal/terminal-text.ts';
import { formatTable } from '../terminal/text-table.ts';

/** One fault shows in many columns. */
const SHOWN_ANOMALIES = 3;

/** The table at the end of a run, its failures and its warnings. */
export function formatRunSummary(run: RunSummary, paint: Paint): string {
  const table = formatTable(
    [
      { title: 'table' },
      { title: 'mode' },
      { title: 'rows', align: 'right' },
      { title: 'bytes', align: 'right' },
      { title: 'seconds', align: 'right' },
      { title: 'rows/s', align: 'right' },
      { title: 'state' },
      { title: 'verified' },
    ],
    run.tasks.map(summaryRow),
  );
  const { totals } = run;
  const took = run.durationMs === null ? '' : ` in ${formatDuration(run.durationMs)}`;
  const lines = [
    paintState(table, paint),
    '',
    `Run ${printable(run.runId)} ${paintState(run.state, paint)}${took}: ${formatCount(totals.tables)} table${totals.tables === 1 ? '' : 's'}, ` +
      `${formatCount(totals.rows)} rows, ${formatBytes(totals.bytes)}; ` +
      [
        `${totals.published} published`,
        `${totals.unchanged} unchanged`,
        ...(totals.paused > 0 ? [`${totals.paused} paused`] : []),
        `${totals.failed} failed`,
        ...(totals.quarantined > 0 ? [`${formatCount(totals.quarantined)} rows in quarantine`] : []),
        ...(run.attempts > 1 ? [`attempt ${run.attempts}`] : []),
      ].join(', ') +
      '.',
  ];
  const given = formatParameters(run.parameters);
  if (given !== '') lines.push(`Parameters: ${given}`);
  const isSaidByTable = run.tasks.some((task) => task.error !== null || task.verified?.isEqual === false);
  if (run.reason !== null && !(run.state === 'failed' && isSaidByTable))
    lines.push(printableLines(run.reason));
  for (const warning of run.warnings) lines.push(`${paint('yellow', 'warning:')} ${printableLines(warning)}`);
  for (const { table, drift, state } of run.tasks) {
    // What stopped a table is its error, or why it waits.
    if (drift === null || state === 'failed' || state === 'paused') continue;
    for (const change of drift.changes)
      lines.push(`${paint('yellow', 'drift:')} ${printable(table)}: ${printable(change)}`);
  }
  for (const { table, discarded, pausedBecause } of run.tasks) {
    const parts = [
      ...(discarded.rows > 0 ? [`${formatCount(discarded.rows)} rows`] : []),
      ...(discarded.values > 0 ? [`${formatCount(discarded.values)} values`] : []),
    ];
    if (parts.length > 0)
      lines.push(
        `${paint('yellow', 'discarded:')} ${parts.join(' and ')} of ${printable(table)}, as its contract says`,
      );
    if (pausedBecause !== null) lines.push(`${paint('yellow', 'paused:')} ${printableLines(pausedBecause)}`);
  }
  for (const { parted } of run.tasks) {
    if (parted === null || parted.rows === parted.passed) continue;
    const which = parted.isAll ? '' : ' that came';
    const parts = [
      `${formatCount(parted.passed)} passed`,
      `${formatCount(parted.setAside)} set aside`,
      ...(parted.discarded > 0 ? [`${formatCount(parted.discarded)} discarded`] : []),
    ];
    lines.push(
      `${paint('dim', 'parted:')} ${printable(parted.step)}: ${formatCount(parted.rows)} rows${which} = ${parts.join(' + ')}`,
    );
  }
  for (const { anomalies, table } of run.tasks) {
    for (const { message } of anomalies.slice(0, SHOWN_ANOMALIES))
      lines.push(`${paint('yellow', 'unusual:')} ${printableLines(message)}`);
    if (anomalies.length > SHOWN_ANOMALIES)
      lines.push(
        `${paint('yellow', 'unusual:')} ${printable(table)}: ${anomalies.length - SHOWN_ANOMALIES} more. See: millrace runs ${printable(run.runId)} --json`,
      );
  }
  for (const { checks, error } of run.tasks) {
    for (const { status, action, message } of checks) {
      // What stopped a table is its error.
      if (status === 'passed' || (action === 'stop' && error !== null)) continue;
      const label = { warn: 'check:', quarantine: 'set aside:', stop: 'failed:', none: 'not checked:' }[
        action
      ];
      lines.push(`${paint(action === 'none' ? 'dim' : 'yellow', label)} ${printableLines(message)}`);
    }
  }
  for (const task of run.tasks)
    if (task.error && task.state !== 'cancelled')
      lines.push(
        `${paint('red', `${printable(task.table)} ${isLoaded(task) ? 'was loaded, but not verified' : 'failed'}:`)} ${printableLines(task.error.message)}`,
      );
  for (const task of run.tasks) {
    if (task.verified && !task.verified.isEqual)
      lines.push(
        `${paint('red', `${printable(task.table)} differs:`)} ${formatCount(task.verified.differences)} rows. See them with: millrace verify ${printable(run.pipeline)}`,
      );
  }
  return lines.join('\n');
}

/** `since=2026-01-01, region=EU`; empty when there are none. */
export function formatParameters(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => printable(`${name}=${value}`))
    .join(', ');
}

function isLoaded({ state }: TaskSummary): boolean {
  return state === 'published' || state === 'unchanged';
}

function summaryRow(task: TaskSummary): readonly string[] {
  const ms = task.durationMs;
  return [
    task.table,
    `${task.mode} ${task.write}`,
    formatCount(task.rows),
    formatBytes(task.bytes),
    ms === null ? '–' : (ms / 1000).toFixed(2),
    ms === null ? '–' : formatRate(task.rows, ms),
    task.state,
    task.verified === null
      ? '–'
      : task.verified.isEqual
        ? 'verified'
        : `${formatCount(task.verified.differences)} differ`,
  ];
}

/** Colours the words for states wherever they stand in the text. */
export function paintState(text: string, paint: Paint): string {
  return text
    .replace(/\b(?:succeeded|published|unchanged|verified)\b/g, (word) => paint('green', word))
    .replace(/\bfailed\b/g, (word) => paint('red', word))
    .replace(/\b(?:cancelled|interrupted|retrying|paused)\b/g, (word) => paint('yellow', word));
}
