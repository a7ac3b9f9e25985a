import type { RunSummary, TaskSummary } from '@millrace/control-plane';

import { formatBytes, formatCount, formatRate } from '../terminal/amounts.ts';
import { formatTable } from '../terminal/text-table.ts';

/** Both loads side by side, and the verdict per table. */
export function formatDemoSummary(full: RunSummary, incremental: RunSummary): string {
  const later = new Map(incremental.tasks.map((task) => [task.task, task]));
  return formatTable(
    [
      { title: 'table' },
      { title: 'full: rows', align: 'right' },
      { title: 'bytes', align: 'right' },
      { title: 'seconds', align: 'right' },
      { title: 'rows/s', align: 'right' },
      { title: 'changes: rows', align: 'right' },
      { title: 'seconds', align: 'right' },
      { title: '' },
    ],
    full.tasks.map((task) => {
      const change = later.get(task.task);
      return [
        task.table,
        formatCount(task.rows),
        formatBytes(task.bytes),
        seconds(task),
        formatRate(task.rows, task.durationMs ?? 0),
        formatCount((change?.rowsInserted ?? 0) + (change?.rowsUpdated ?? 0) + (change?.rowsDeleted ?? 0)),
        seconds(change),
        change?.verified?.isEqual ? 'verified' : 'NOT VERIFIED',
      ];
    }),
  );
}

function seconds(task: TaskSummary | undefined): string {
  return task?.durationMs == null ? '–' : (task.durationMs / 1000).toFixed(2);
}
