import type { OperationOutput } from '@millrace/control-plane';
import { useNavigate } from '@tanstack/react-router';
import { Table2 } from 'lucide-react';
import type { ReactNode } from 'react';

import { useOperation } from '../../api/use-operation.ts';
import { ButtonLink } from '../../ui/button-link.tsx';
import { Button } from '../../ui/button.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import type { DataColumn } from '../../ui/data-table.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { formatBytes, formatNumber } from '../../ui/format-number.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { datasetWords } from '../../words/datasets.ts';
import { uiWords } from '../../words/ui.ts';
import { ConnectionLink } from '../connections/connection-link.tsx';
import { PipelineLink } from '../pipelines/pipeline-link.tsx';
import { DatasetLink } from './dataset-link.tsx';
import { addressOf } from './dataset-ref.ts';
import { DatasetFilters, useDatasetFilters } from './dataset-filters.tsx';
import { FreshnessBadge } from './freshness-badge.tsx';

type Dataset = OperationOutput<'datasets/list-datasets'>['datasets'][number];

const COLUMNS: readonly DataColumn<Dataset>[] = [
  {
    id: 'name',
    header: datasetWords('name'),
    value: ({ name }) => name,
    cell: ({ connection, name }) => <DatasetLink connection={connection} name={name} />,
    width: 200,
    grow: 2,
  },
  {
    id: 'freshness',
    header: datasetWords('freshness'),
    value: ({ freshness }) => freshness.state,
    cell: ({ freshness }) => <FreshnessBadge freshness={freshness} isPlain />,
    width: 160,
  },
  {
    id: 'rows',
    header: datasetWords('rows'),
    value: ({ rows }) => rows,
    cell: ({ rows }) => (rows === null ? '' : formatNumber(rows)),
    width: 100,
    align: 'end',
  },
  {
    id: 'size',
    header: datasetWords('size'),
    value: ({ sizeBytes }) => sizeBytes,
    cell: ({ sizeBytes }) => (sizeBytes === null ? '' : formatBytes(sizeBytes)),
    width: 90,
    align: 'end',
  },
  { id: 'owner', header: datasetWords('owner'), value: ({ owner }) => owner, width: 120 },
  { id: 'tags', header: datasetWords('tags'), value: ({ tags }) => tags.join(', '), width: 120, grow: 1 },
  {
    id: 'pipeline',
    header: datasetWords('pipeline'),
    value: ({ pipeline }) => pipeline,
    cell: ({ pipeline }) => <PipelineLink name={pipeline} />,
    width: 140,
    grow: 1,
  },
  {
    id: 'connection',
    header: datasetWords('connection'),
    value: ({ connection }) => connection,
    cell: ({ connection }) => <ConnectionLink name={connection} />,
    width: 120,
    isHiddenAtFirst: true,
  },
  {
    id: 'published',
    header: datasetWords('published'),
    value: ({ publishedAt }) => publishedAt,
    cell: ({ publishedAt }) => (publishedAt === null ? null : <RelativeTime at={publishedAt} />),
    width: 120,
  },
];

export function DatasetsPage(): ReactNode {
  const navigate = useNavigate();
  const filters = useDatasetFilters();
  const { data, error, isPending, refetch } = useOperation('datasets/list-datasets', filters.input, {
    keepsPrevious: true,
  });
  if (error !== null && data === undefined)
    return (
      <>
        <PageHeader title={datasetWords('title')} icon={Table2} />
        <div className="px-4">
          <ErrorPanel title={datasetWords('failed')} error={error} onRetry={() => void refetch()} />
        </div>
      </>
    );
  return (
    <>
      <PageHeader title={datasetWords('title')} icon={Table2} />
      <div className="flex min-h-0 flex-1">
        <DatasetFilters filters={filters} facets={data?.facets} />
        <div className="flex min-h-0 min-w-0 flex-1 flex-col">
          <DataTable
            label={datasetWords('title')}
            rows={data?.datasets ?? []}
            columns={COLUMNS}
            rowId={({ connection, name }) => `${connection}/${name}`}
            initialSort="name"
            isLoading={isPending}
            onOpen={(dataset) => void navigate({ href: addressOf(dataset) })}
            toolbar={
              <SearchField label={datasetWords('find')} value={filters.search} onChange={filters.setSearch} />
            }
            empty={
              filters.isFiltered ? (
                <EmptyState
                  icon={Table2}
                  title={uiWords('nothingMatches', { text: filters.search })}
                  action={<Button onClick={filters.clear}>{datasetWords('clear')}</Button>}
                />
              ) : (
                <EmptyState
                  icon={Table2}
                  title={datasetWords('none')}
                  action={<ButtonLink href="/pipelines">{datasetWords('toPipelines')}</ButtonLink>}
                >
                  {datasetWords('noneHelp')}
                </EmptyState>
              )
            }
          />
        </div>
      </div>
    </>
  );
}
