import type { ReactNode } from 'react';
import { useRouter } from '@tanstack/react-router';

import { pipelineAddress } from '../../app/addresses.ts';
import { TextLink } from '../../ui/app-link.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import type { DataColumn } from '../../ui/data-table.tsx';
import { formatDuration } from '../../ui/format-time.ts';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { StatusBadge } from '../../ui/status-badge.tsx';
import { homeWords } from '../../words/home.ts';
import { RunHistory } from '../pipelines/run-history.tsx';
import type { PipelineHealth } from '../pipelines/pipeline-health.ts';

const COLUMNS: readonly DataColumn<PipelineHealth>[] = [
  {
    id: 'state',
    header: homeWords('state'),
    value: ({ rank }) => rank,
    cell: ({ tone, word }) => (
      <StatusBadge tone={tone} isPlain>
        {word}
      </StatusBadge>
    ),
    width: 148,
  },
  {
    id: 'pipeline',
    header: homeWords('pipeline'),
    value: ({ pipeline }) => pipeline.name,
    cell: ({ pipeline }) => <TextLink href={pipelineAddress(pipeline.name)}>{pipeline.name}</TextLink>,
    width: 160,
    grow: 2,
  },
  {
    id: 'history',
    header: homeWords('history'),
    value: () => null,
    cell: ({ pipeline }) => <RunHistory pipeline={pipeline.name} runs={pipeline.recentRuns} />,
    width: 132,
    isUnsortable: true,
  },
  {
    id: 'lastSuccess',
    header: homeWords('lastSuccess'),
    value: ({ pipeline }) => pipeline.lastSuccessAt,
    cell: ({ pipeline }) =>
      pipeline.lastSuccessAt === null ? '–' : <RelativeTime at={pipeline.lastSuccessAt} />,
    width: 120,
  },
  {
    id: 'fresh',
    header: homeWords('fresh'),
    value: ({ pipeline }) => pipeline.freshness?.state ?? null,
    cell: ({ pipeline }) => <Freshness pipeline={pipeline} />,
    width: 150,
  },
  {
    id: 'schedule',
    header: homeWords('schedule'),
    value: ({ pipeline }) => pipeline.schedule?.cron ?? null,
    cell: ({ pipeline }) =>
      pipeline.schedule === null ? (
        <span className="text-ink-3">{homeWords('onDemand')}</span>
      ) : (
        <span className="font-mono">{pipeline.schedule.cron}</span>
      ),
    width: 120,
    grow: 1,
  },
];

export function HealthTable({ health }: { readonly health: readonly PipelineHealth[] }): ReactNode {
  const router = useRouter();
  return (
    <section aria-label={homeWords('all')} className="mt-2 flex min-h-64 flex-1 flex-col">
      <DataTable
        label={homeWords('all')}
        rows={health}
        columns={COLUMNS}
        rowId={({ pipeline }) => pipeline.name}
        initialSort="state"
        toolbar={<h2 className="text-ink-2 font-medium">{homeWords('all')}</h2>}
        onOpen={({ pipeline }) => router.history.push(pipelineAddress(pipeline.name))}
      />
    </section>
  );
}

function Freshness({ pipeline: { freshness } }: Pick<PipelineHealth, 'pipeline'>): ReactNode {
  if (freshness === null) return <span className="text-ink-3">–</span>;
  const tone = { upToDate: 'ok', delayed: 'warn', neverRan: 'waiting' } as const;
  const word = { upToDate: 'upToDate', delayed: 'late', neverRan: 'neverRan' } as const;
  return (
    <span className="inline-flex items-center gap-1.5">
      <StatusBadge tone={tone[freshness.state]} isPlain>
        {homeWords(word[freshness.state])}
      </StatusBadge>
      <span className="text-ink-3">{formatDuration(freshness.withinMs)}</span>
    </span>
  );
}
