import type { OperationOutput } from '@millrace/control-plane';
import { ShieldCheck } from 'lucide-react';
import type { ReactNode } from 'react';

import { DataTable } from '../../ui/data-table.tsx';
import type { DataColumn } from '../../ui/data-table.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { qualityWords } from '../../words/quality.ts';
import { PipelineLink } from '../pipelines/pipeline-link.tsx';
import { CheckStatus, CheckTimeline } from './check-status.tsx';

type Check = OperationOutput<'quality/list-findings'>['checks'][number];

/** Every check that ran lately; those that failed last stand first. */
export function CheckList({ checks }: { readonly checks: readonly Check[] | undefined }): ReactNode {
  return (
    <DataTable
      label={qualityWords('checks')}
      rows={checks ?? []}
      columns={COLUMNS}
      rowId={({ pipeline, step, result }) => `${pipeline}: ${step}: ${result.name}`}
      urlPrefix="checks-"
      isLoading={checks === undefined}
      empty={
        <EmptyState icon={ShieldCheck} title={qualityWords('noChecks')}>
          {qualityWords('noChecksHelp')}
        </EmptyState>
      }
    />
  );
}

const COLUMNS: readonly DataColumn<Check>[] = [
  {
    id: 'state',
    header: qualityWords('state'),
    value: ({ result }) => result.status,
    cell: ({ result }) => <CheckStatus status={result.status} />,
    width: 110,
  },
  { id: 'check', header: qualityWords('check'), value: ({ result }) => result.name, width: 180, grow: 1 },
  {
    id: 'pipeline',
    header: qualityWords('pipeline'),
    value: ({ pipeline }) => pipeline,
    cell: ({ pipeline }) => <PipelineLink name={pipeline} />,
    width: 140,
  },
  { id: 'step', header: qualityWords('step'), value: ({ step }) => step, width: 120 },
  {
    id: 'observed',
    header: qualityWords('observed'),
    value: ({ result }) => result.observed,
    width: 180,
    grow: 1,
  },
  {
    id: 'expected',
    header: qualityWords('expected'),
    value: ({ result }) => result.expected,
    width: 180,
    grow: 1,
    isHiddenAtFirst: true,
  },
  {
    id: 'at',
    header: qualityWords('at'),
    value: ({ at }) => at,
    cell: ({ at }) => <RelativeTime at={at} />,
    width: 110,
  },
  {
    id: 'overTime',
    header: qualityWords('overTime'),
    value: () => '',
    cell: ({ history }) => <CheckTimeline history={history} />,
    width: 270,
    isUnsortable: true,
  },
];
