import { titleTask, type ColumnChange, type LoadTask, type PlanChanges } from '@millrace/compiler';
import type { ChangesSince, TableEstimate } from '@millrace/control-plane';

import { formatBytes, formatCount, formatDuration } from '../terminal/amounts.ts';
import type { Paint } from '../terminal/paint.ts';
import { printable } from '../terminal/terminal-text.ts';
import { formatTable } from '../terminal/text-table.ts';

/** What a run would do otherwise than the last one. */
export function formatChanges({ runId, changes }: ChangesSince, paint: Paint): string {
  const lines = [...formatSteps(changes), ...formatTables(changes, paint)];
  const since = `since run ${printable(runId)}`;
  if (lines.length === 0) return `Nothing changed ${since}.`;
  return [`Changed ${since}:`, ...lines.map((line) => `  ${line}`)].join('\n');
}

function formatSteps({ steps }: PlanChanges): readonly string[] {
  return steps.flatMap(({ name, kind, because, columns }) => {
    const words = {
      added: '+ step',
      removed: '- step',
      changed: '~ step',
      followed: '~ step',
    }[kind];
    const reason = kind === 'followed' ? `computed anew, because ${because.join(', ')} changed` : kind;
    return [
      printable(`${words} ${name}: ${reason}`),
      ...columns.map((column) => `    ${printable(formatColumn(column))}`),
    ];
  });
}

function formatTables({ tables }: PlanChanges, paint: Paint): readonly string[] {
  return tables.flatMap(({ connection, table, kind, isRecomputed, isBreaking, reasons, columns }) => {
    const verdict = isBreaking ? paint('red', 'breaking') : 'not breaking';
    const words = [
      ...reasons,
      ...(kind === 'added'
        ? ['written for the first time']
        : isRecomputed
          ? ['all rows are made again']
          : []),
    ];
    const mark = { added: '+', left: '-', changed: '~' }[kind];
    return [
      `${mark} table ${printable(`${connection}:${table}`)}: ${words.length > 0 ? `${printable(words.join('; '))} ` : ''}(${verdict})`,
      ...columns.map((column) => `    ${printable(formatColumn(column))}`),
    ];
  });
}

function formatColumn(change: ColumnChange): string {
  switch (change.kind) {
    case 'added':
      return `+ ${change.column} ${change.type}`;
    case 'removed':
      return `- ${change.column} ${change.type}`;
    case 'retyped':
      return `~ ${change.column} ${change.before} becomes ${change.after}${change.isWider ? ', which holds every value of it' : ''}`;
    case 'nullable':
      return `~ ${change.column} may be NULL`;
  }
}

/** What earlier loads of the same kind took. */
export function formatEstimates(tasks: readonly LoadTask[], estimates: readonly TableEstimate[]): string {
  if (estimates.length === 0) return 'Rows, size and time: no history yet.';
  const byTask = new Map(estimates.map((estimate) => [estimate.task, estimate]));
  const rows = tasks.map((task) => {
    const estimate = byTask.get(task.id);
    const { table } = titleTask(task);
    if (estimate === undefined) return [table, 'no history yet'];
    const { runs } = estimate;
    return [
      table,
      formatCount(estimate.rows),
      formatBytes(estimate.bytes),
      formatDuration(estimate.durationMs),
      `the middle of ${runs} run${runs === 1 ? '' : 's'}`,
    ];
  });
  const right = (title: string) => ({ title, align: 'right' }) as const;
  return formatTable(
    [{ title: 'expected' }, right('rows'), right('size'), right('time'), { title: 'from' }],
    rows,
  );
}
