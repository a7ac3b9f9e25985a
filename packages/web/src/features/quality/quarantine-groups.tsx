import { ShieldCheck } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';

import { useOperation } from '../../api/use-operation.ts';
import { DataTable } from '../../ui/data-table.tsx';
import type { DataColumn } from '../../ui/data-table.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { formatNumber } from '../../ui/format-number.ts';
import { SplitPane } from '../../ui/split-pane.tsx';
import { StatusBadge } from '../../ui/status-badge.tsx';
import { qualityWords } from '../../words/quality.ts';
import type { QuarantineGroup } from './quarantine-group.ts';
import { QuarantineRows } from './quarantine-rows.tsx';

/** What is in quarantine by step and reason; a group opens its rows below. */
export function QuarantineGroups(): ReactNode {
  const { data, error, isPending, refetch } = useOperation('quarantine/list-quarantine', {});
  const [opened, setOpened] = useState<string | null>(null);
  if (error !== null && data === undefined)
    return (
      <div className="p-4">
        <ErrorPanel title={qualityWords('quarantineFailed')} error={error} onRetry={() => void refetch()} />
      </div>
    );
  const groups = data?.groups ?? [];
  const group = groups.find((each) => idOf(each) === opened);
  const list = (
    <DataTable
      label={qualityWords('quarantine')}
      rows={groups}
      columns={COLUMNS}
      rowId={idOf}
      onOpen={(each) => setOpened(idOf(each))}
      urlPrefix="quarantine-"
      isLoading={isPending}
      empty={
        <EmptyState icon={ShieldCheck} title={qualityWords('noQuarantine')}>
          {qualityWords('noQuarantineHelp')}
        </EmptyState>
      }
    />
  );
  if (group === undefined) return list;
  return (
    <SplitPane
      name="quarantine"
      direction="column"
      sized="first"
      size={220}
      first={list}
      second={<QuarantineRows key={idOf(group)} group={group} />}
    />
  );
}

function idOf({ pipeline, kind, step, check, reason }: QuarantineGroup): string {
  return JSON.stringify([pipeline, kind, step, check, reason]);
}

const COLUMNS: readonly DataColumn<QuarantineGroup>[] = [
  { id: 'step', header: qualityWords('step'), value: ({ step }) => step, width: 160, grow: 1 },
  { id: 'pipeline', header: qualityWords('pipeline'), value: ({ pipeline }) => pipeline, width: 140 },
  {
    id: 'check',
    header: qualityWords('check'),
    value: ({ check }) => check ?? qualityWords('loading'),
    width: 160,
    grow: 1,
  },
  { id: 'reason', header: qualityWords('reason'), value: ({ reason }) => reason, width: 240, grow: 2 },
  {
    id: 'rows',
    header: qualityWords('rows'),
    value: ({ rows }) => rows,
    cell: ({ rows }) => formatNumber(rows),
    width: 90,
    align: 'end',
  },
  {
    id: 'published',
    header: qualityWords('published'),
    value: ({ isPublished }) => (isPublished ? '' : qualityWords('notPublished')),
    cell: ({ isPublished }) =>
      isPublished ? null : (
        <StatusBadge tone="bad" isPlain>
          {qualityWords('notPublished')}
        </StatusBadge>
      ),
    width: 150,
  },
  {
    id: 'since',
    header: qualityWords('since'),
    value: ({ sinceRun }) => sinceRun,
    cell: ({ sinceRun }) => <span className="font-mono">{sinceRun}</span>,
    width: 190,
  },
];
