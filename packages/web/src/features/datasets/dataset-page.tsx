import { useParams } from '@tanstack/react-router';
import { MapPinOff, Pencil, SquareTerminal, Table2 } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import type { ReactNode } from 'react';

import { useOperation } from '../../api/use-operation.ts';
import { pipelineAddress } from '../../app/addresses.ts';
import { TextLink } from '../../ui/app-link.tsx';
import { ButtonLink } from '../../ui/button-link.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { formatBytes, formatNumber } from '../../ui/format-number.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { useUrlState } from '../../ui/use-url-state.ts';
import { datasetWords } from '../../words/datasets.ts';
import { sqlAddress } from '../sql/sql-address.ts';
import { DatasetChecks } from './dataset-checks.tsx';
import { DatasetColumns } from './dataset-columns.tsx';
import { parseRef } from './dataset-ref.ts';
import type { DatasetRef } from './dataset-ref.ts';
import { DatasetSample } from './dataset-sample.tsx';
import { DatasetUsage } from './dataset-usage.tsx';
import { DatasetVersions } from './dataset-versions.tsx';
import { DescribeDatasetDialog } from './describe-dataset-dialog.tsx';
import { FreshnessBadge } from './freshness-badge.tsx';

const DatasetProfile = lazy(async () => ({
  default: (await import('./dataset-profile.tsx')).DatasetProfile,
}));
const DatasetLineage = lazy(async () => ({
  default: (await import('./dataset-lineage.tsx')).DatasetLineage,
}));

const TABS = ['columns', 'sample', 'profile', 'checks', 'versions', 'lineage', 'usage'] as const;
type TabName = (typeof TABS)[number];

export function DatasetPage(): ReactNode {
  const { ref } = useParams({ from: '/frame/datasets/$ref' });
  const dataset = parseRef(ref);
  return dataset === undefined ? (
    <>
      <PageHeader title={<span className="font-mono">{ref}</span>} icon={Table2} />
      <EmptyState
        icon={MapPinOff}
        title={datasetWords('noSuchAddress', { ref })}
        action={<ButtonLink href="/datasets">{datasetWords('title')}</ButtonLink>}
      >
        {datasetWords('noSuchAddressHelp')}
      </EmptyState>
    </>
  ) : (
    <FoundDataset dataset={dataset} />
  );
}

function FoundDataset({ dataset }: { readonly dataset: DatasetRef }): ReactNode {
  const { data, error, refetch } = useOperation('datasets/show-dataset', dataset);
  const [tabText, setTab] = useUrlState('tab', 'columns');
  const tab: TabName = TABS.find((name) => name === tabText) ?? 'columns';
  const [isDescribing, setDescribing] = useState(false);
  if (data === undefined)
    return (
      <>
        <PageHeader title={<span className="font-mono">{dataset.name}</span>} icon={Table2} />
        {error === null ? (
          <SkeletonRows />
        ) : (
          <div className="px-4">
            <ErrorPanel title={datasetWords('showFailed')} error={error} onRetry={() => void refetch()} />
          </div>
        )}
      </>
    );
  const content: Readonly<Record<TabName, ReactNode>> = {
    columns: <DatasetColumns dataset={data} />,
    sample: <DatasetSample dataset={dataset} />,
    profile: <DatasetProfile dataset={data} />,
    checks: <DatasetChecks dataset={data} />,
    versions: <DatasetVersions dataset={data} />,
    lineage: <DatasetLineage dataset={dataset} />,
    usage: <DatasetUsage dataset={data} />,
  };
  const counts: Partial<Record<TabName, number>> = {
    columns: data.columns.length,
    versions: data.versions.length,
  };
  return (
    <>
      <PageHeader
        title={<span className="font-mono">{data.name}</span>}
        icon={Table2}
        facts={
          <>
            <FreshnessBadge freshness={data.freshness} />
            {data.rows === null ? null : (
              <span className="tabular-nums">
                {formatNumber(data.rows)} {datasetWords('rows').toLowerCase()}
              </span>
            )}
            {data.sizeBytes === null ? null : (
              <span className="tabular-nums">{formatBytes(data.sizeBytes)}</span>
            )}
            {data.publishedAt === null ? null : <RelativeTime at={data.publishedAt} />}
            <TextLink href={pipelineAddress(data.pipeline)}>{data.pipeline}</TextLink>
          </>
        }
        actions={
          <>
            <Button icon={Pencil} onClick={() => setDescribing(true)}>
              {datasetWords('describe')}
            </Button>
            <ButtonLink icon={SquareTerminal} href={sqlAddress(data)}>
              {datasetWords('query')}
            </ButtonLink>
          </>
        }
      />
      {data.description === null && data.owner === null && data.tags.length === 0 ? null : (
        <div className="text-ink-2 flex flex-wrap items-baseline gap-x-4 px-4 pb-2">
          {data.description === null ? null : <p className="max-w-3xl">{data.description}</p>}
          {data.owner === null ? null : (
            <span>
              {datasetWords('owner')}: {data.owner}
            </span>
          )}
          {data.tags.map((tag) => (
            <span key={tag} className="bg-surface-2 rounded-sm px-1.5 text-sm">
              {tag}
            </span>
          ))}
        </div>
      )}
      <Tabs<TabName>
        label={data.name}
        value={tab}
        onChange={setTab}
        tabs={TABS.map((value) => ({
          value,
          label: datasetWords(value),
          count: counts[value],
          content: <Suspense fallback={<SkeletonRows />}>{content[value]}</Suspense>,
        }))}
      />
      <DescribeDatasetDialog isOpen={isDescribing} onClose={() => setDescribing(false)} dataset={data} />
    </>
  );
}
