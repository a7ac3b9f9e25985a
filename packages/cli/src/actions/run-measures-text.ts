import { titleRelation } from '@millrace/compiler';
import type { TaskSummary } from '@millrace/control-plane';

import { formatBytes, formatCount } from '../terminal/amounts.ts';
import { formatTable } from '../terminal/text-table.ts';

/** What each table of a run took, and the steps that were computed for it; nothing for a run that measured none. */
export function formatMeasures(tasks: readonly TaskSummary[]): readonly string[] {
  const rows = tasks.flatMap(({ table, measures }) => {
    if (measures === null) return [];
    const { steps, rowsIn, rowsOut, bytesIn, bytesOut, durationMs, cpuMs, peakMemoryBytes, spilledBytes } =
      measures;
    return [
      [
        table,
        steps.map(titleRelation).join(', '),
        formatCount(rowsIn),
        formatCount(rowsOut),
        formatBytes(bytesIn),
        formatBytes(bytesOut),
        seconds(durationMs),
        seconds(cpuMs),
        size(peakMemoryBytes),
        size(spilledBytes),
      ],
    ];
  });
  if (rows.length === 0) return [];
  const counts = formatCounts(tasks);
  const columns = [
    { title: 'table' },
    { title: 'steps' },
    ...['rows in', 'rows out', 'read', 'staged', 'seconds', 'CPU s', 'memory', 'spilled'].map(
      (title) => ({ title, align: 'right' }) as const,
    ),
  ];
  return [formatTable(columns, rows), ...(counts === '' ? [] : ['', counts])];
}

/** The rows of each step, once where several tables have the same of it; empty where nothing was worked through. */
function formatCounts(tasks: readonly TaskSummary[]): string {
  const rows = new Map<string, readonly string[]>();
  for (const { measures } of tasks)
    for (const { step, rowsIn, leftOut, rowsOut } of measures?.counts ?? []) {
      const row = [titleRelation(step), count(rowsIn), count(leftOut), count(rowsOut)];
      rows.set(row.join(' '), row);
    }
  if (rows.size === 0) return '';
  const titles = ['rows in', 'left out', 'rows out'].map((title) => ({ title, align: 'right' }) as const);
  return formatTable([{ title: 'step' }, ...titles], [...rows.values()]);
}

function count(rows: number | null): string {
  return rows === null ? '–' : formatCount(rows);
}

function seconds(milliseconds: number | null): string {
  return milliseconds === null ? '–' : (milliseconds / 1000).toFixed(2);
}

function size(bytes: number | null): string {
  return bytes === null ? '–' : formatBytes(bytes);
}
