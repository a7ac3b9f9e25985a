import type { OperationOutput } from '@millrace/control-plane';
import { Gavel, Undo2 } from 'lucide-react';
import { useMemo } from 'react';
import type { ReactNode } from 'react';

import { useMay } from '../../api/session.ts';
import { useOperation } from '../../api/use-operation.ts';
import { Button } from '../../ui/button.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import type { DataColumn } from '../../ui/data-table.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { formatNumber } from '../../ui/format-number.ts';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { qualityWords } from '../../words/quality.ts';
import { useRestore } from './use-restore.ts';

type Decided = OperationOutput<'quarantine/list-decisions'>['decisions'][number];

/** What people decided about rows in quarantine; what they discarded can be taken back. */
export function DecisionList(): ReactNode {
  const { data, error, isPending, refetch } = useOperation('quarantine/list-decisions', {});
  const restore = useRestore();
  const mayRestore = useMay('data.write');
  const columns = useMemo(
    () => [...COLUMNS, ...(mayRestore ? [restoreColumn(restore.isPending, restore.start)] : [])],
    [mayRestore, restore.isPending, restore.start],
  );
  if (error !== null && data === undefined)
    return (
      <div className="p-4">
        <ErrorPanel title={qualityWords('decisionsFailed')} error={error} onRetry={() => void refetch()} />
      </div>
    );
  return (
    <DataTable
      label={qualityWords('decisions')}
      rows={data?.decisions ?? []}
      columns={columns}
      rowId={({ pipeline, step, decision, at }) => JSON.stringify([pipeline, step, decision, at])}
      urlPrefix="decisions-"
      isLoading={isPending}
      empty={
        <EmptyState icon={Gavel} title={qualityWords('noDecisions')}>
          {qualityWords('noDecisionsHelp')}
        </EmptyState>
      }
    />
  );
}

const COLUMNS: readonly DataColumn<Decided>[] = [
  {
    id: 'at',
    header: qualityWords('at'),
    value: ({ at }) => at,
    cell: ({ at }) => <RelativeTime at={at} />,
    width: 120,
  },
  { id: 'by', header: qualityWords('by'), value: ({ by }) => by, width: 140 },
  {
    id: 'decision',
    header: qualityWords('decision'),
    value: ({ decision }) => qualityWords(decision === 'release' ? 'wasReleased' : 'wasDiscarded'),
    width: 100,
  },
  { id: 'step', header: qualityWords('step'), value: ({ step }) => step, width: 150, grow: 1 },
  {
    id: 'pipeline',
    header: qualityWords('pipeline'),
    value: ({ pipeline }) => pipeline,
    width: 140,
    grow: 1,
  },
  {
    id: 'rows',
    header: qualityWords('rows'),
    value: ({ rows }) => rows.length,
    cell: ({ rows }) => formatNumber(rows.length),
    width: 80,
    align: 'end',
  },
  { id: 'note', header: qualityWords('note'), value: ({ note }) => note, width: 200, grow: 2 },
];

function restoreColumn(
  isPending: boolean,
  start: ReturnType<typeof useRestore>['start'],
): DataColumn<Decided> {
  return {
    id: 'restore',
    header: qualityWords('takeBack'),
    value: () => null,
    cell: ({ pipeline, step, decision, at }) =>
      decision === 'discard' ? (
        <Button
          size="small"
          icon={Undo2}
          isDisabled={isPending}
          onClick={() => start({ pipeline, step, at })}
        >
          {qualityWords('restore')}
        </Button>
      ) : null,
    width: 110,
    isUnsortable: true,
  };
}
