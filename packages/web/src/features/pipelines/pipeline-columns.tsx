import type { ReactNode } from 'react';

import type { DataColumn } from '../../ui/data-table.tsx';
import { formatDuration } from '../../ui/format-time.ts';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { StatusBadge } from '../../ui/status-badge.tsx';
import { pipelineWords } from '../../words/pipelines.ts';
import { ConnectionLink } from '../connections/connection-link.tsx';
import type { PipelineHealth } from './pipeline-health.ts';
import { PipelineLink } from './pipeline-link.tsx';
import { RunButton } from './run-button.tsx';
import { RunHistory } from './run-history.tsx';

export function pipelineColumns(): readonly DataColumn<PipelineHealth>[] {
  return [
    {
      id: 'name',
      header: pipelineWords('name'),
      value: ({ pipeline }) => pipeline.name,
      cell: ({ pipeline }) => <PipelineLink name={pipeline.name} />,
      width: 150,
      grow: 2,
    },
    {
      id: 'state',
      header: pipelineWords('state'),
      value: ({ rank }) => rank,
      cell: ({ tone, word }) => (
        <StatusBadge tone={tone} isPlain>
          {word}
        </StatusBadge>
      ),
      width: 140,
    },
    {
      id: 'from',
      header: pipelineWords('from'),
      value: ({ pipeline }) => pipeline.reads.join(', '),
      cell: ({ pipeline }) => <ConnectionLinks names={pipeline.reads} />,
      width: 96,
      grow: 1,
    },
    {
      id: 'to',
      header: pipelineWords('to'),
      value: ({ pipeline }) => pipeline.writes.join(', '),
      cell: ({ pipeline }) => <ConnectionLinks names={pipeline.writes} />,
      width: 96,
      grow: 1,
    },
    {
      id: 'history',
      header: pipelineWords('history'),
      value: () => null,
      cell: ({ pipeline }) => <RunHistory pipeline={pipeline.name} runs={pipeline.recentRuns} />,
      width: 120,
      isUnsortable: true,
    },
    {
      id: 'lastRun',
      header: pipelineWords('lastRun'),
      value: ({ pipeline }) => pipeline.recentRuns[0]?.startedAt,
      cell: ({ pipeline: { recentRuns } }) =>
        recentRuns[0] === undefined ? (
          <span className="text-ink-3">–</span>
        ) : (
          <RelativeTime at={recentRuns[0].startedAt} />
        ),
      width: 100,
    },
    {
      id: 'duration',
      header: pipelineWords('duration'),
      value: ({ pipeline }) => pipeline.recentRuns[0]?.durationMs,
      cell: ({ pipeline: { recentRuns } }) =>
        recentRuns[0]?.durationMs == null ? '' : formatDuration(recentRuns[0].durationMs),
      width: 96,
      align: 'end',
      isHiddenAtFirst: true,
    },
    {
      id: 'schedule',
      header: pipelineWords('schedule'),
      value: ({ pipeline }) => pipeline.schedule?.cron,
      cell: ({ pipeline: { schedule } }) =>
        schedule === null ? (
          <span className="text-ink-3">{pipelineWords('onDemand')}</span>
        ) : (
          <span className="font-mono" title={schedule.timezone ?? ''}>
            {schedule.cron}
          </span>
        ),
      width: 116,
    },
    {
      id: 'owner',
      header: pipelineWords('owner'),
      value: ({ pipeline }) => pipeline.owner,
      width: 110,
      isHiddenAtFirst: true,
    },
    {
      id: 'tags',
      header: pipelineWords('tags'),
      value: ({ pipeline }) => pipeline.tags.join(', '),
      width: 120,
      isHiddenAtFirst: true,
    },
    {
      id: 'run',
      header: pipelineWords('run'),
      value: () => null,
      cell: ({ pipeline }) =>
        pipeline.problem === null ? <RunButton pipeline={pipeline.name} size="small" /> : null,
      width: 112,
      isUnsortable: true,
    },
  ];
}

function ConnectionLinks({ names }: { readonly names: readonly string[] }): ReactNode {
  return (
    <span className="flex min-w-0 gap-2">
      {names.map((name) => (
        <ConnectionLink key={name} name={name} />
      ))}
    </span>
  );
}
