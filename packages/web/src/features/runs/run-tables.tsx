import { Table2 } from 'lucide-react';
import type { ReactNode } from 'react';

import { DataTable } from '../../ui/data-table.tsx';
import type { DataColumn } from '../../ui/data-table.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { formatBytes, formatCompact, formatNumber, formatShare } from '../../ui/format-number.ts';
import { formatDuration } from '../../ui/format-time.ts';
import { StatusBadge } from '../../ui/status-badge.tsx';
import { runWords } from '../../words/runs.ts';
import { runWord } from '../pipelines/run-state.ts';
import { taskTone } from './task-look.ts';
import type { WatchedTask } from './watched-tasks.ts';

/** What became of each table of a run, and how far those in work are. */
export function RunTables({ tasks }: { readonly tasks: readonly WatchedTask[] }): ReactNode {
  return (
    <DataTable
      label={runWords('tables')}
      rows={tasks}
      columns={COLUMNS}
      rowId={({ task }) => task}
      urlPrefix="tables."
      rowHeight={30}
      empty={
        <EmptyState icon={Table2} title={runWords('noTables')}>
          {runWords('noTablesHelp')}
        </EmptyState>
      }
    />
  );
}

function count(id: string, header: string, value: (task: WatchedTask) => number): DataColumn<WatchedTask> {
  return {
    id,
    header,
    value,
    cell: (task) => (value(task) === 0 ? <span className="text-ink-3">0</span> : formatNumber(value(task))),
    width: 92,
    align: 'end',
  };
}

const COLUMNS: readonly DataColumn<WatchedTask>[] = [
  {
    id: 'table',
    header: runWords('table'),
    value: ({ table }) => table,
    cell: ({ table }) => <span title={table}>{table}</span>,
    width: 160,
    grow: 2,
  },
  {
    id: 'state',
    header: runWords('state'),
    value: ({ state }) => state,
    cell: (task) => <State task={task} />,
    width: 150,
  },
  { id: 'mode', header: runWords('mode'), value: ({ mode, write }) => `${mode}, ${write}`, width: 140 },
  count('rows', runWords('rows'), ({ rows }) => rows),
  count('inserted', runWords('inserted'), ({ rowsInserted }) => rowsInserted),
  count('updated', runWords('updated'), ({ rowsUpdated }) => rowsUpdated),
  count('deleted', runWords('deleted'), ({ rowsDeleted }) => rowsDeleted),
  count('quarantined', runWords('quarantined'), ({ quarantined }) => quarantined),
  {
    id: 'read',
    header: runWords('read'),
    value: ({ bytes }) => bytes,
    cell: ({ bytes }) => formatBytes(bytes),
    width: 84,
    align: 'end',
  },
  {
    id: 'took',
    header: runWords('took'),
    value: ({ durationMs }) => durationMs,
    cell: ({ durationMs }) => (durationMs === null ? '–' : formatDuration(durationMs)),
    width: 84,
    align: 'end',
  },
  {
    id: 'rate',
    header: runWords('rate'),
    value: ({ rowsPerSecond }) => rowsPerSecond,
    cell: ({ rowsPerSecond }) =>
      rowsPerSecond === null ? '–' : runWords('ratePerSecond', { rows: formatCompact(rowsPerSecond) }),
    width: 84,
    align: 'end',
  },
  {
    id: 'verified',
    header: runWords('verified'),
    value: ({ verified }) => (verified === null ? null : verified.differences),
    cell: ({ verified }) =>
      verified === null
        ? '–'
        : verified.isEqual
          ? runWords('equal')
          : runWords('differs', { count: verified.differences }),
    width: 110,
    isHiddenAtFirst: true,
  },
];

function State({ task }: { readonly task: WatchedTask }): ReactNode {
  const { state, rows, estimatedRows } = task;
  const share = estimatedRows === null || estimatedRows === 0 ? null : Math.min(0.99, rows / estimatedRows);
  return (
    <span className="flex items-center gap-2">
      <StatusBadge isPlain tone={taskTone(state)}>
        {runWord(state)}
      </StatusBadge>
      {state === 'running' && share !== null ? (
        <span className="text-ink-2 tabular-nums">{formatShare(share)}</span>
      ) : null}
    </span>
  );
}
