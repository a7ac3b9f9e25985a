import type { OperationOutput } from '@millrace/control-plane';
import { ListChecks } from 'lucide-react';
import { useMemo } from 'react';
import type { ReactNode } from 'react';

import { DataTable } from '../../ui/data-table.tsx';
import type { DataColumn } from '../../ui/data-table.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { StatusBadge, type StatusTone } from '../../ui/status-badge.tsx';
import { runWords } from '../../words/runs.ts';
import { runWord } from '../pipelines/run-state.ts';

type Task = OperationOutput<'runs/show-run'>['tasks'][number];
type Check = Task['checks'][number] & { readonly table: string };

const TONES: Readonly<Record<Check['status'], StatusTone>> = {
  passed: 'ok',
  failed: 'bad',
  warned: 'warn',
  skipped: 'off',
};
const RANKS: Readonly<Record<Check['status'], number>> = { failed: 0, warned: 1, skipped: 2, passed: 3 };

/** What became of the checks of a run, those that did not pass first. */
export function RunChecks({ tasks }: { readonly tasks: readonly Task[] }): ReactNode {
  const checks = useMemo(
    () => tasks.flatMap((task) => task.checks.map((check) => ({ ...check, table: task.table }))),
    [tasks],
  );
  return (
    <DataTable
      label={runWords('checks')}
      rows={checks}
      columns={COLUMNS}
      rowId={({ table, name }) => `${table} ${name}`}
      initialSort="result"
      urlPrefix="checks."
      rowHeight={30}
      empty={
        <EmptyState icon={ListChecks} title={runWords('noChecks')}>
          {runWords('noChecksHelp')}
        </EmptyState>
      }
    />
  );
}

const COLUMNS: readonly DataColumn<Check>[] = [
  {
    id: 'result',
    header: runWords('result'),
    value: ({ status }) => RANKS[status],
    cell: ({ status }) => (
      <StatusBadge isPlain tone={TONES[status]}>
        {runWord(status)}
      </StatusBadge>
    ),
    width: 100,
  },
  { id: 'table', header: runWords('table'), value: ({ table }) => table, width: 150, grow: 1 },
  { id: 'check', header: runWords('check'), value: ({ name }) => name, width: 170, grow: 1 },
  {
    id: 'failing',
    header: runWords('failing'),
    value: ({ failingRows }) => (failingRows === null ? null : Number(failingRows)),
    cell: ({ failingRows }) => failingRows ?? '–',
    width: 100,
    align: 'end',
  },
  {
    id: 'message',
    header: runWords('details'),
    value: ({ message }) => message,
    cell: ({ message, observed }) => <span title={message || observed}>{message || observed}</span>,
    width: 220,
    grow: 3,
    isUnsortable: true,
  },
];
