import type { OperationOutput } from '@millrace/control-plane';
import { Table2 } from 'lucide-react';
import { useMemo } from 'react';
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
import type { TaskProgress } from './use-run-progress.ts';

type Task = OperationOutput<'runs/show-run'>['tasks'][number];

/** What became of each table of a run, and how far those in work are. */
export function RunTables({
  tasks,
  progress,
}: {
  readonly tasks: readonly Task[];
  readonly progress: ReadonlyMap<string, TaskProgress>;
}): ReactNode {
  const rows = useMemo(
    () =>
      tasks.map((task) => {
        const now = task.state === 'running' ? progress.get(task.task) : undefined;
        return now === undefined ? task : { ...task, ...now };
      }),
    [tasks, progress],
  );
  return (
    <DataTable
      label={runWords('tables')}
      rows={rows}
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

function count(id: string, header: string, value: (task: Task) => number): DataColumn<Task> {
  return {
    id,
    header,
    value,
    cell: (task) => (value(task) === 0 ? <span className="text-ink-3">0</span> : formatNumber(value(task))),
    width: 92,
    align: 'end',
  };
}

const COLUMNS: readonly DataColumn<Task>[] = [
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
    value: ({ rows, durationMs }) => (durationMs === null ? null : rows / Math.max(1, durationMs)),
    cell: ({ rows, durationMs }) =>
      durationMs === null || rows === 0
        ? '–'
        : runWords('ratePerSecond', { rows: formatCompact((rows / Math.max(1, durationMs)) * 1000) }),
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

function State({ task }: { readonly task: Task }): ReactNode {
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
