import type { OperationOutput } from '@millrace/control-plane';
import { Activity } from 'lucide-react';
import type { ReactNode } from 'react';

import { runAddress } from '../../app/addresses.ts';
import { TextLink } from '../../ui/app-link.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import type { DataColumn } from '../../ui/data-table.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { qualityWords } from '../../words/quality.ts';
import { PipelineLink } from '../pipelines/pipeline-link.tsx';

type Anomaly = OperationOutput<'quality/list-findings'>['anomalies'][number];

/** Figures of tables that their own history does not explain, the latest first. */
export function AnomalyList({
  anomalies,
}: {
  readonly anomalies: readonly Anomaly[] | undefined;
}): ReactNode {
  return (
    <DataTable
      label={qualityWords('anomalies')}
      rows={anomalies ?? []}
      columns={COLUMNS}
      rowId={({ runId, task, metric, column }) => `${runId} ${task} ${metric} ${column ?? ''}`}
      initialSort="-at"
      urlPrefix="anomalies-"
      isLoading={anomalies === undefined}
      empty={
        <EmptyState icon={Activity} title={qualityWords('noAnomalies')}>
          {qualityWords('noAnomaliesHelp')}
        </EmptyState>
      }
    />
  );
}

const COLUMNS: readonly DataColumn<Anomaly>[] = [
  {
    id: 'at',
    header: qualityWords('at'),
    value: ({ at }) => at,
    cell: ({ at }) => <RelativeTime at={at} />,
    width: 120,
  },
  { id: 'message', header: qualityWords('message'), value: ({ message }) => message, width: 320, grow: 3 },
  { id: 'figure', header: qualityWords('figure'), value: ({ metric }) => figureOf(metric), width: 160 },
  {
    id: 'pipeline',
    header: qualityWords('pipeline'),
    value: ({ pipeline }) => pipeline,
    cell: ({ pipeline }) => <PipelineLink name={pipeline} />,
    width: 140,
  },
  {
    id: 'run',
    header: qualityWords('run'),
    value: ({ runId }) => runId,
    cell: ({ runId }) => (
      <TextLink href={runAddress(runId)}>
        <span className="font-mono">{runId}</span>
      </TextLink>
    ),
    width: 190,
  },
];

const METRICS = ['rowCount', 'nullShare', 'freshness', 'distribution', 'duration'] as const;

function figureOf(metric: string): string {
  const known = METRICS.find((name) => name === metric);
  return known === undefined ? metric : qualityWords(known);
}
